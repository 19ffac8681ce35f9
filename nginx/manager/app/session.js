// Who is signed in. The key lives in sessionStorage: it ends with the tab, and no other tab or later visitor finds it.

const NAME = 'brook.key';

let row = null;
const memory = new Map();

export const session = {
  get key() {
    return sessionStorage.getItem(NAME);
  },

  /** The signed-in key's row, as `/user/api-key/mine` answers it. */
  get row() {
    return row;
  },

  get isAdmin() {
    return row?.role === 'admin';
  },

  /** The folder of the API that rows of both roles are read from. */
  get scope() {
    return this.isAdmin ? 'admin' : 'user';
  },

  begin(key, newRow) {
    if (row?.id !== newRow.id) memory.clear();
    sessionStorage.setItem(NAME, key);
    row = newRow;
  },

  /** What a room keeps while its reader is elsewhere, made at the first visit; gone with the reader. */
  remember(name, make) {
    if (!memory.has(name)) memory.set(name, make());
    return memory.get(name);
  },

  /** The key works no more. Whose it was stays known, so that the same reader can go on. */
  suspend() {
    sessionStorage.removeItem(NAME);
  },

  update(newRow) {
    row = newRow;
  },

  end() {
    sessionStorage.removeItem(NAME);
    row = null;
    memory.clear();
  },
};
