// CSV as RFC 4180 has it.

/** Lines that hold something: `{line, cells}`, `line` counted in the text from 1. */
export function parseCSV(text) {
  const rows = [];
  let cells = [];
  let cell = '';
  let isQuoted = false;
  let line = 1;
  let start = 1;
  const endRow = () => {
    cells.push(cell);
    if (cells.some((value) => value.trim() !== '')) rows.push({ line: start, cells });
    cells = [];
    cell = '';
  };
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (character === '\n') line += 1;
    if (isQuoted) {
      if (character !== '"') cell += character;
      else if (text[index + 1] === '"') { cell += '"'; index += 1; } else isQuoted = false;
    } else if (character === '"' && cell === '') isQuoted = true;
    else if (character === ',') { cells.push(cell); cell = ''; } else if (character === '\n') { endRow(); start = line; } else if (character !== '\r') cell += character;
  }
  endRow();
  return rows;
}

/** What a spreadsheet would take for a formula gets a `'` in front; in Chinese settings the full-width signs make one too. */
function cellText(value) {
  const text = /^[=+\-@\t\r\n＝＋－＠]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export const toCSV = (rows) => rows.map((row) => row.map((value) => cellText(String(value))).join(',')).join('\r\n') + '\r\n';
