// A length of time in words.

/** `12 s`, `3 min 20 s`, `1 h 5 min`, `2 days 21 h`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return parts(Math.floor(whole / 60), 'min', whole % 60, 's');
  const minutes = Math.floor(whole / 60);
  if (minutes < 1440) return parts(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  return parts(days, days === 1 ? 'day' : 'days', hours % 24, 'h');
}

const parts = (number: number, unit: string, rest: number, smaller: string): string =>
  rest === 0 ? `${number} ${unit}` : `${number} ${unit} ${rest} ${smaller}`;
