// One tiny call to a model's provider, with the provider's own words when it fails.

import { api } from '../app/api.js';
import { h } from '../app/element.js';
import { t } from '../app/i18n.js';
import { count, duration } from '../app/numbers.js';
import { whileBusy } from '../parts/busy.js';
import { facts } from '../parts/page.js';
import { failure } from '../parts/states.js';

export function modelTest(model) {
  const result = h('div', { 'aria-live': 'polite' });
  const run = h('button', { type: 'button', onclick: () => whileBusy(run, test) }, t('Test it'));

  async function test() {
    result.replaceChildren(h('p', { class: 'faint' }, t('Calling the provider…')));
    try {
      result.replaceChildren(outcome(await api.post('admin/model/test', { id: model.id })));
    } catch (error) {
      result.replaceChildren(failure(error));
    }
  }

  return h('div', { class: 'stack' },
    h('p', { class: 'faint' }, t('Sends one tiny call of the kind that the model is for, as it was last saved. The provider may charge for it.')), h('div', {}, run), result);
}

function outcome(found) {
  if (!found.ok) {
    const { status, code, message, detail } = found.error;
    return h('div', { class: 'stack' }, h('p', { class: 'notice bad' }, message),
      facts([[t('Status'), status], [t('Code'), code], detail && [t('What the provider said'), h('span', { class: 'said mono' }, detail)]]));
  }
  return h('div', { class: 'stack' }, h('p', { class: 'notice good' }, t('It works.')), facts([
    came(found),
    found.tokens_in !== null && [t('Tokens'), t('{read} in, {written} out', { read: count(found.tokens_in), written: count(found.tokens_out) })],
    found.first_byte_latency !== null && [t('First byte'), duration(found.first_byte_latency)], [t('Whole answer'), duration(found.invocation_latency)],
  ]));
}

function came(found) {
  switch (found.purpose) {
    case 'embeddings': return [t('Length of the vector'), count(found.dimensions)];
    case 'images': return [t('Images'), count(found.images)];
    default: return [t('Answer'), h('span', { class: 'said' }, found.answer)];
  }
}
