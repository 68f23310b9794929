// What the web server says without CloudStack: pages of HTML, in Jetty's form.

import type { Answer } from './answer.ts';

const html = { 'Content-Type': 'text/html;charset=iso-8859-1' };

function page(status: number, reason: string, headers: Answer['headers'] = {}): Answer {
  const title = `Error ${status} ${reason}`;
  const body = [
    '<html>',
    '<head>',
    '<meta http-equiv="Content-Type" content="text/html;charset=ISO-8859-1"/>',
    `<title>${title}</title>`,
    '</head>',
    `<body><h2>HTTP ERROR ${status} ${reason}</h2>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
  return { status, headers: { ...html, 'Cache-Control': 'must-revalidate,no-cache,no-store', ...headers }, body };
}

export const notFound = (): Answer => page(404, 'Not Found');
/** A form over the limit: the answer of 4.21 to 4.23. */
export const formTooLarge = (): Answer => page(404, 'Not Found', { Connection: 'close' });
/** A web application that failed to start, for good. */
export const unavailable = (): Answer => page(503, 'Service Unavailable');

const bad = (status: number, reason: string): string => `<h1>Bad Message ${status}</h1><pre>reason: ${reason}</pre>`;

/** Raw, since the request could not be parsed: the URI alone, or with the headers, is over 8192 bytes. */
export function badMessage(status: 414 | 431): string {
  const reason = status === 414 ? 'URI Too Long' : 'Request Header Fields Too Large';
  const body = bad(status, reason);
  return [
    `HTTP/1.1 ${status} ${reason}`,
    'Content-Type: text/html;charset=iso-8859-1',
    `Content-Length: ${body.length}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}

const empty = (status: number, headers: Answer['headers'] = {}): Answer => ({ status, headers, body: '' });

/** Everything outside the API. `origin`: `http://127.0.0.1:8080`. */
export function siteAnswer(path: string, origin: string): Answer {
  if (path === '/') return empty(301, { Location: `${origin}/client/` });
  if (path === '/client') return empty(302, { Location: `${origin}/client/` });
  if (path === '/client/') {
    return {
      status: 200,
      headers: { 'Content-Type': 'text/html' },
      body: '<!doctype html><title>CloudStack lab</title>\n',
    };
  }
  return notFound();
}

export const methodNotAllowed = (): Answer => empty(405);
export const options = (): Answer => empty(200, { Allow: 'GET, HEAD, POST, TRACE, OPTIONS' });

/** A login by GET: no envelope. */
export const postOnly = (): Answer => ({
  status: 405,
  headers: { 'Content-Type': 'application/json;charset=utf-8' },
  body: 'Please use HTTP POST to authenticate using this API',
});
