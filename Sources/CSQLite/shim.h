/* SQLite's C interface, with the two function-pointer macros that Swift cannot import. */
#pragma once
#include <sqlite3.h>

static inline sqlite3_destructor_type brook_sqlite_transient(void) { return SQLITE_TRANSIENT; }

static inline int brook_sqlite_enable_extended_codes(sqlite3 *db) { return sqlite3_extended_result_codes(db, 1); }

/* sqlite3_config is variadic; only before the library's first use. Memory statistics take a mutex at each allocation. */
static inline int brook_sqlite_configure(void) {
    int code = sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
    return code != SQLITE_OK ? code : sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

/* Syncs the write-ahead log of the main database through SQLite's own descriptor of it (SQLITE_FCNTL_JOURNAL_POINTER). */
static inline int brook_sqlite_sync_log(sqlite3 *db) {
    sqlite3_file *log = 0;
    int code = sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
    if (code != SQLITE_OK) return code;
    if (!log || !log->pMethods) return SQLITE_IOERR_FSYNC;
    return log->pMethods->xSync(log, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY);
}

/* sqlite3_db_config is variadic. DEFENSIVE refuses writes to shadow tables and the schema through SQL. */
static inline int brook_sqlite_set_defensive(sqlite3 *db) {
    return sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)0);
}
