// Server-sent events of OpenAI's kind: one JSON object a `data:` line, then `[DONE]`.

import { parseExact } from './decimal.js';
import { t } from './i18n.js';

/** The objects of a response as they come. Fails when it ends without `[DONE]`, unless its last object was an error. */
export async function* events(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) throw new Error(t('The answer broke off.'));
    const lines = (rest + value).split('\n');
    rest = lines.pop();
    for (const line of lines) {
      if (!line.startsWith('data:')) continue;
      const data = line.slice(5).trim();
      if (data === '[DONE]') return;
      yield parseExact(data);
    }
  }
}
