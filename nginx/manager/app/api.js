// The one place that talks to Brook.

import { parseExact } from './decimal.js';
import { t } from './i18n.js';
import { session } from './session.js';

/** Where the interface is: beside the folder of the page, whatever prefix the host gives both. */
export const ROOT = new URL('../../', import.meta.url);

/** Refused or failed: `status` (0: nobody answered), `code`, the field at fault in `param`, `requestID`. */
export class APIError extends Error {
  constructor(status, error, requestID) {
    super(error.message);
    this.status = status;
    this.code = error.code;
    this.param = error.param;
    this.requestID = requestID;
  }
}

let onRefusedKey = () => {};

/** Who is told when the key of the session is refused, with the API's message. */
export function whenKeyIsRefused(handler) {
  onRefusedKey = handler;
}

/** Sends a request with the session's key, or with `options.key`; answers the response if its status is one of success. */
export async function send(path, { key = session.key, ...options } = {}) {
  const headers = { Authorization: `Bearer ${key}`, ...options.headers };
  let response;
  try {
    response = await fetch(new URL(path, ROOT), { cache: 'no-store', credentials: 'omit', ...options, headers });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    const isPost = options.method === 'POST';
    throw new APIError(0, { message: isPost ? unanswered() : t('The server cannot be reached. Check the connection, then try again.') });
  }
  if (response.ok) return response;
  const failure = await readError(response);
  if (response.status === 401 && key === session.key) {
    onRefusedKey(failure.message);
    failure.message = t('You were signed out before this was done. Try again.');
  }
  throw failure;
}

/** Of a change whose answer is missing nobody here knows whether it was made. */
const unanswered = () => t('No answer came from the server. This may have been done all the same: look before you try again.');

async function readError(response) {
  const requestID = response.headers.get('x-request-id');
  try {
    return new APIError(response.status, parseExact(await response.text()).error, requestID);
  } catch {
    return new APIError(response.status, { message: t('The server answered {status}.', { status: response.status }) }, requestID);
  }
}

const unreadable = () => t('The answer broke off, or something other than Brook has sent it. Try again.');

/** What a response of success carries; `lost` says what it means that this cannot be read. */
async function data(response, lost) {
  try {
    return parseExact(await response.text()).data;
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new APIError(response.status, { message: lost() }, response.headers.get('x-request-id'));
  }
}

/** `query` with its empty values left out: `?a=1&b=2`, or nothing. */
export function queryText(query = {}) {
  const set = Object.entries(query).filter(([, value]) => value !== '' && value !== null && value !== undefined);
  return set.length ? `?${new URLSearchParams(set)}` : '';
}

export const api = {
  get: async (path, query, options) => data(await send(path + queryText(query), options), unreadable),

  post: async (path, body, options = {}) => data(await send(path, {
    method: 'POST', body: JSON.stringify(body), ...options, headers: { 'Content-Type': 'application/json' },
  }), unanswered),
};
