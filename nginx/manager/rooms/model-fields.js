// The fields of a model: its own, then those that its provider names.

import { t } from '../app/i18n.js';

const PRICES = ['price_in', 'price_out', 'price_cache_read', 'price_cache_write', 'price_cache_write_1h', 'price_image'];
/** A form's field for each member of `config` is called so, since a provider may name one like a field of ours. */
const MEMBER = 'config.';

const KIND_OF_TYPE = { string: 'text', integer: 'integer', number: 'number', boolean: 'check', object: 'json', array: 'json' };

export function modelFields({ providers, models, provider, model }) {
  const config = model?.provider === provider ? model.config : {};
  const members = providers.find((row) => row.name === provider).fields;
  return [
    { name: 'name', label: t('Name'), required: true, maxlength: 200, value: model?.name, help: t('What requests call it.') },
    {
      name: 'provider', label: t('Provider'), kind: 'select', value: provider,
      options: providers.map((row) => [row.name, row.name]), help: providers.find((row) => row.name === provider).description,
    },
    ...members.filter(isFirst).map((member) => memberField(member, config, models)).sort(narrowFirst),
    { name: 'multiple', label: t('Takes images'), kind: 'check', value: model?.multiple, wide: true },
    price('price_in', t('Price of input'), model, { required: true }),
    price('price_out', t('Price of output'), model, { required: true }),
    price('price_cache_read', t('Price of cache reads'), model, { help: t('Empty: 0.1 times the input.'), folded: true }),
    price('price_cache_write', t('Price of cache writes'), model, { help: t('Empty: 1.25 times the input.'), folded: true }),
    price('price_cache_write_1h', t('Price of cache writes for an hour'), model, { help: t('Empty: twice the input.'), folded: true }),
    price('price_image', t('Price of an image'), model, { help: t('Dollars for each image that it makes.'), folded: true }),
    ...members.filter((member) => !isFirst(member)).map((member) => ({
      ...memberField(member, config, models), folded: member.name !== 'fallbacks',
    })).sort(narrowFirst),
  ];
}

/** What most models need stands before the prices, all else is folded away. */
const FIRST = ['region', 'model', 'credentials'];
const narrowFirst = (one, other) => Boolean(one.wide) - Boolean(other.wide);
const isFirst = (member) => member.required || FIRST.includes(member.name) || (member.secret && member.type === 'string');

const price = (name, label, model, more) => ({
  name, label, kind: 'money', value: model ? model[name] : name === 'price_in' || name === 'price_out' ? '0' : null,
  help: name === 'price_in' ? t('Dollars per 1,000,000 tokens.') : undefined, ...more,
});

function memberField(member, config, models) {
  const value = config[member.name];
  const field = { name: MEMBER + member.name, label: member.name, required: member.required, help: member.description, value };
  if (member.name === 'fallbacks') {
    return {
      ...field, label: t('Fallbacks'), kind: 'order', value: value ?? [], options: models.map((row) => row.name), wide: true,
      help: t('Models to try in this order when this one fails before its first token.'),
    };
  }
  const kind = KIND_OF_TYPE[member.type] ?? 'json';
  const secret = member.secret ? t('It is kept encrypted and shown masked; a mask that is saved keeps what is stored.') : '';
  return { ...field, kind, wide: kind === 'json' || kind === 'check', help: [member.description, secret].filter(Boolean).join(' '), spellcheck: 'false' };
}

/** What is the same as in `model` is left out, so that what somebody else has changed meanwhile stays. */
export function modelBody(values, changes, providers, model) {
  const body = {};
  for (const name of ['name', 'multiple', ...PRICES]) if (!model || name in changes) body[name] = values[name];
  const isOther = values.provider !== model?.provider;
  if (isOther) body.provider = values.provider;
  if (isOther || Object.keys(changes).some((name) => name.startsWith(MEMBER))) body.config = config(values, providers, model);
  return body;
}

/** The API takes it as a whole. Members that no field shows stay as they are. */
function config(values, providers, model) {
  const known = providers.find((row) => row.name === values.provider).fields;
  const made = model?.provider === values.provider ? { ...model.config } : {};
  for (const member of known) {
    const value = values[MEMBER + member.name];
    const isNothing = value === null || value === '' || value === false || (Array.isArray(value) && !value.length);
    if (isNothing) delete made[member.name];
    else made[member.name] = value;
  }
  return made;
}
