// A moment in words.

/** `2026-11-26 03:50:00 UTC` of an ISO time in UTC, whatever fraction of a second it has. */
export const timeWords = (iso: string): string => `${iso.slice(0, 19).replace('T', ' ')} UTC`;
