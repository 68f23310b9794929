// A signed query for the API, by CloudStack's rules for plain values.

import { createHmac } from 'node:crypto';

/** `command=…&id=…`, values without blanks or special characters; with key and signature added. */
export function signed(query: string, apiKey: string, secretKey: string): string {
  const full = `${query}&apiKey=${apiKey}&response=json`;
  const sorted = full.split('&').sort().join('&').toLowerCase();
  const signature = createHmac('sha1', secretKey).update(sorted).digest('base64');
  return `${full}&signature=${encodeURIComponent(signature)}`;
}
