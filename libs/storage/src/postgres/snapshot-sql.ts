import type { Sql } from './sql.js';

/** A snapshot $2 of $1 at revision $3 (null: now). No row: no such sandbox. */
export const SNAPSHOT_HEAD: Sql = {
  name: 'snapshot-head',
  text: `
INSERT INTO snapshot (id, revision)
SELECT $2, coalesce($3::int8, head) FROM sandbox_head WHERE sandbox_id = $1
RETURNING revision, (SELECT head FROM sandbox_head WHERE sandbox_id = $1),
  (SELECT compacted FROM sandbox_head WHERE sandbox_id = $1)`,
};

/**
 * The objects of $1 at revision $3 become those of snapshot $2, flattened: what changed since as it was before, else the
 * overlay, else the base. Sealed values are still sealed for where they came from: see RESEAL.
 */
export const SNAPSHOT_OBJECTS: Sql = {
  name: 'snapshot-objects',
  text: `
WITH undo AS (
  SELECT DISTINCT ON (key) key, previous_revision AS revision, previous AS value, previous_facets AS facets
  FROM event WHERE sandbox_id = $1 AND revision > $3 ORDER BY key, event.revision
), overlay AS (
  SELECT key, revision, value, facets, revision > 0 AND value IS NULL AS is_base FROM undo
  UNION ALL
  SELECT key, revision, value, facets, false FROM object o
  WHERE sandbox_id = $1 AND NOT EXISTS (SELECT 1 FROM undo u WHERE u.key = o.key)
)
INSERT INTO snapshot_object (snapshot_id, key, revision, value, facets)
SELECT $2, key, revision, value, facets FROM overlay WHERE value IS NOT NULL
UNION ALL
SELECT $2, b.key, b.revision, b.value, b.facets
FROM sandbox_head h JOIN snapshot_object b ON b.snapshot_id = h.base
WHERE h.sandbox_id = $1 AND NOT EXISTS (SELECT 1 FROM overlay v WHERE v.key = b.key AND NOT v.is_base)`,
};

/** What of snapshot $2 is sealed, with the base of $1 and its key, and whether each object came from that base. */
export const SNAPSHOT_SEALED: Sql = {
  name: 'snapshot-sealed',
  text: `
SELECT s.key, s.value, s.facets, b.key IS NOT NULL AND b.revision = s.revision AS from_base
FROM snapshot_object s
JOIN sandbox_head h ON h.sandbox_id = $1
LEFT JOIN snapshot_object b ON b.snapshot_id = h.base AND b.key = s.key
WHERE s.snapshot_id = $2 AND s.value LIKE '~%'`,
};

/** The keys with which objects of $1 may be sealed: its own and its base's. */
export const SNAPSHOT_KEYS: Sql = {
  name: 'snapshot-keys',
  text: `
SELECT k.wrapped AS own, h.base, b.wrapped AS of_base
FROM sandbox_head h
LEFT JOIN sandbox_key k ON k.sandbox_id = h.sandbox_id
LEFT JOIN snapshot b ON b.id = h.base
WHERE h.sandbox_id = $1`,
};

/** Snapshot $1 gets its own key $2, and values sealed with it: keys $3, values $4, facets $5. */
export const RESEAL: Sql = {
  name: 'reseal',
  text: `
WITH key AS (UPDATE snapshot SET wrapped = $2 WHERE id = $1)
UPDATE snapshot_object s SET value = r.value, facets = r.facets
FROM unnest($3::text[], $4::text[], $5::text[]) AS r(key, value, facets)
WHERE s.snapshot_id = $1 AND s.key = r.key`,
};

export const LOAD_SNAPSHOT: Sql = {
  name: 'load-snapshot',
  text: `
SELECT s.wrapped, o.key, o.revision, o.value, o.facets
FROM snapshot s LEFT JOIN snapshot_object o ON o.snapshot_id = s.id WHERE s.id = $1`,
};

/** No sandbox can be made on $1 from now on. Waits for those that are being made (they lock the row). */
export const DROP_SNAPSHOT: Sql = {
  name: 'drop-snapshot',
  text: `UPDATE snapshot SET dropped = true WHERE id = $1`,
};

/** A dropped snapshot goes when no sandbox stands on it. A statement of its own: it must see those just made. */
export const REMOVE_SNAPSHOT: Sql = {
  name: 'remove-snapshot',
  text: `
WITH gone AS (
  DELETE FROM snapshot s WHERE id = $1 AND dropped AND NOT EXISTS (SELECT 1 FROM sandbox_head WHERE base = $1)
  RETURNING id
)
DELETE FROM snapshot_object WHERE snapshot_id IN (SELECT id FROM gone)`,
};
