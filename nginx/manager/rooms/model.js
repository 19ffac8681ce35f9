// One model: its provider's settings, prices, a test call, and who may use it. `#/models/new` makes one.

import { api } from '../app/api.js';
import { h } from '../app/element.js';
import { t } from '../app/i18n.js';
import { go, link } from '../app/router.js';
import { confirmLoss } from '../parts/dialog.js';
import { keepFocus } from '../parts/focus.js';
import { form } from '../parts/form.js';
import { button, heading, section } from '../parts/page.js';
import { toast } from '../parts/toast.js';
import { modelBody, modelFields } from './model-fields.js';
import { modelRights } from './model-rights.js';
import { modelTest } from './model-test.js';

export default async function room({ id, signal }) {
  const isNew = id === 'new';
  const [providers, names, model] = await Promise.all([
    api.get('admin/model/list-providers', {}, { signal }),
    api.get('admin/model/list', { limit: 1000, order_by: 'name' }, { signal }),
    isNew ? null : api.get(`admin/model/detail/${id}`, {}, { signal }),
  ]);
  const choices = { providers: providers.items, models: names.items.filter((row) => row.id !== model?.id) };
  return isNew ? newModel(choices) : oneModel(model, choices, signal);
}

/** The fields follow the provider; what was typed into those that both have stays. */
function editor(choices, model, submitLabel, save) {
  let provider = model?.provider ?? choices.providers[0].name;
  const fields = () => modelFields({ ...choices, provider, model });
  const entry = form({
    fields: fields(), submitLabel, submit: (values, changes) => save(modelBody(values, changes, choices.providers, model)),
  });
  const follow = () => {
    const select = entry.field('provider').input;
    select.addEventListener('change', () => {
      provider = select.value;
      entry.replace(fields());
      follow();
      entry.field('provider').focus();
    });
  };
  follow();
  return entry;
}

function newModel(choices) {
  const entry = editor(choices, null, t('Add the model'), async (body) => {
    const made = await api.post('admin/model/save', body);
    go(['models', made.id]);
    toast(t('{name} was added. Now say who may use it.', { name: made.name }));
  });
  return [heading(t('Add a model'), { back: ['models', t('Models')] }), section(t('Settings'), entry.node)];
}

/** A configuration is saved as a whole: one that somebody else has changed meanwhile would be lost. */
async function refuseStale(model) {
  const now = await api.get(`admin/model/detail/${model.id}`);
  const asText = (row) => JSON.stringify([row.provider, row.config]);
  if (asText(now) === asText(model)) return;
  throw new Error(t('Somebody else has changed these settings meanwhile. Load the page again to see them, then make your change.'));
}

function oneModel(loaded, choices, signal) {
  let model = loaded;
  const top = h('div');
  const settings = h('div');

  const remove = async () => {
    const gone = await confirmLoss({
      title: t('Delete {name}?', { name: model.name }), name: model.name, label: t('Delete'),
      text: t('Calls to it are refused at once. Records of its calls stay.'),
      act: () => api.post('admin/model/delete', { id: model.id }),
    });
    if (!gone) return;
    go('models');
    toast(t('{name} was deleted.', { name: model.name }));
  };

  async function save(body) {
    if (body.config) await refuseStale(model);
    // Its answer has the masks that the next save must send back.
    model = await api.post('admin/model/save', { id: model.id, ...body });
    draw();
    toast(t('Saved. It holds from the next call on.'));
  }

  function draw() {
    keepFocus(top, () => top.replaceChildren(heading(model.name, {
      back: ['models', t('Models')],
      actions: [h('a', { class: 'button', href: link('playground', { model: model.name }) }, t('Playground')), button(t('Delete'), remove, 'danger')],
    })));
    keepFocus(settings, () => settings.replaceChildren(editor(choices, model, t('Save'), save).node));
  }

  draw();
  return [
    top,
    h('div', { class: 'wide-columns' }, section(t('Settings'), settings),
      h('div', { class: 'stack' }, section(t('Test'), modelTest(model)), section(t('Who may use it'), modelRights(model, signal)))),
  ];
}
