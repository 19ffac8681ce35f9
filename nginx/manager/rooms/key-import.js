// Keys from CSV: what is read is shown before anything is made, and what Brook refuses is told by line.

import { api } from '../app/api.js';
import { parseCSV, toCSV } from '../app/csv.js';
import { h } from '../app/element.js';
import { counted, t } from '../app/i18n.js';
import { openDialog, showDialog } from '../parts/dialog.js';
import { form } from '../parts/form.js';
import { button } from '../parts/page.js';
import { saveFile } from '../parts/save.js';
import { plainTable } from '../parts/table.js';
import { toast } from '../parts/toast.js';

const COLUMNS = ['name', 'email', 'group', 'month_quota'];

export async function importKeys(done) {
  let entry;
  const made = await openDialog({
    title: t('Import keys'), wide: true, mayClose: () => !entry.isChanged(),
    content: (close) => {
      const parts = importForm(close);
      entry = parts.entry;
      return [h('p', {}, parts.file), entry.node];
    },
  });
  if (!made) return;
  done();
  toast(counted(made.length, '{count} key was made.', '{count} keys were made.'));
  await showMade(made);
}

function importForm(close) {
  const preview = h('div', { 'aria-live': 'polite' });
  const file = h('input', {
    type: 'file', accept: '.csv,text/csv', 'aria-label': t('CSV file'), onchange: readFile,
    // A file that was mended meanwhile can be chosen again.
    onclick: () => { file.value = ''; },
  });
  const entry = form({
    fields: [{
      name: 'csv', label: t('Lines'), kind: 'longtext', rows: 7, required: true, wide: true,
      placeholder: 'Ada,ada@example.org,default,25',
      help: t('name,email[,group][,month_quota]; a first line with these names may put them in another order. All lines are taken, or none.'),
    }],
    extra: preview,
    submitLabel: t('Create these keys'),
    submit: async ({ csv }) => close((await api.post('admin/api-key/import', { csv })).items),
    cancel: () => close(),
  });
  const text = entry.field('csv').input;
  text.addEventListener('input', draw);

  async function readFile() {
    const [chosen] = file.files;
    if (!chosen) return;
    try {
      text.value = new TextDecoder('utf-8', { fatal: true }).decode(await chosen.arrayBuffer());
      text.dispatchEvent(new Event('input'));
    } catch (error) {
      // What cannot be decoded is a TypeError: a spreadsheet's other encodings would make other names of the names.
      entry.field('csv').fault(error instanceof TypeError
        ? t('{name} is not in UTF-8. Save it in the spreadsheet as “CSV UTF-8”, then choose it again.', { name: chosen.name })
        : t('{name} could not be read: {problem}', { name: chosen.name, problem: error.message }));
    }
  }

  function draw() {
    const { names, rows } = readKeys(text.value);
    preview.replaceChildren(rows.length ? plainTable({
      caption: counted(rows.length, '{count} key', '{count} keys'),
      columns: [{ label: t('Line'), number: true, cell: (row) => row.line },
        ...names.map((name, index) => ({ label: name, cell: (row) => row.cells[index] ?? '' }))],
      rows,
    }) : '');
  }
  return { file, entry };
}

/** The lines as they will be understood: by the names in the first line where it has any, else in the usual order. */
function readKeys(text) {
  const lines = parseCSV(text);
  const first = lines[0]?.cells.map((cell) => cell.trim().toLowerCase()) ?? [];
  const hasNames = first.includes('name') && first.every((cell) => COLUMNS.includes(cell));
  return { names: hasNames ? first : COLUMNS, rows: hasNames ? lines.slice(1) : lines };
}

function showMade(rows) {
  const text = () => toCSV([['name', 'email', 'api_key'], ...rows.map((row) => [row.name, row.email, row.api_key])]);
  return showDialog(t('The new keys'), [
    h('p', { class: 'notice warn' }, t('Save them now: they are shown this once and cannot be read again.')),
    h('p', {}, button(t('Save as CSV'), () => saveFile('keys.csv', new Blob([text()], { type: 'text/csv' })), 'primary')),
    plainTable({
      caption: t('The new keys'), rows,
      columns: [{ label: t('Name'), cell: (row) => row.name },
        { label: t('Key'), cell: (row) => h('code', {}, row.api_key) }],
    }),
  ], { stays: true });
}
