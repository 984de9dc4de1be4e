import type { Sql } from './sql.js';

/** A sandbox that is gone, or going, has no audit log: its head is what says so. */
export const AUDIT_APPEND: Sql = {
  name: 'audit-append',
  text: `
INSERT INTO audit (sandbox_id, events, bytes, lines)
SELECT h.sandbox_id, $2::int, $3::int, $4 FROM sandbox_head h WHERE h.sandbox_id = $1 FOR KEY SHARE`,
};

export const AUDIT_READ: Sql = {
  name: 'audit-read',
  text: `
SELECT id, lines FROM audit WHERE sandbox_id = $1 AND id > $2 ORDER BY id LIMIT $3`,
};

export const AUDIT_SIZES: Sql = {
  name: 'audit-sizes',
  text: `
SELECT id, events FROM audit WHERE sandbox_id = $1 ORDER BY id DESC`,
};

/** Rows that, with all newer ones, are more than $2 events or $3 bytes; never the newest. */
export const AUDIT_TRIM: Sql = {
  name: 'audit-trim',
  text: `
DELETE FROM audit WHERE sandbox_id = $1 AND id <= (
  SELECT max(id) FROM (
    SELECT id, sum(events) OVER newer AS events, sum(bytes) OVER newer AS bytes, row_number() OVER newer AS place
    FROM audit WHERE sandbox_id = $1 WINDOW newer AS (ORDER BY id DESC)
  ) sums WHERE place > 1 AND (events > $2 OR bytes > $3)
)`,
};
