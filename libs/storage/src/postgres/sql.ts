/**
 * Every hand-written query of the logs. `name` makes it a prepared statement: planned once per connection.
 *
 * Lock order, the same in every statement: rows of sandbox_head by sandbox_id (COLLATE "C"); everything else of a sandbox
 * only while holding its head. An unordered multi-row UPDATE deadlocks between processes.
 */
export interface Sql {
  readonly name: string;
  readonly text: string;
}

/**
 * One flush: moves the heads that are where they are expected, then writes events and objects of those sandboxes only.
 * $1-$4 per sandbox: id, incarnation, expected head, next head. $5 this process, $6 lease in ms.
 * $7-$17 per write: sandbox id, revision, key, type, commit id, value, facets, previous revision, previous value and facets
 * (null: as in the table), what happens to the live object (0 nothing: written again below, 1 put, 2 tombstone, 3 delete).
 *
 * Previous values come from the table in the statement's snapshot. That is the state at the expected head: the process
 * knows that head from a commit it saw complete, so from before this statement began.
 */
export const FLUSH: Sql = {
  name: 'flush',
  text: `
WITH wanted AS (
  SELECT * FROM unnest($1::text[], $2::int8[], $3::int8[], $4::int8[]) AS w(sandbox_id, incarnation, expected, next)
), locked AS (
  SELECT h.sandbox_id, w.next, h.lease_wanted OR (h.lease_holder = 0 AND h.lease_until >= now()) AS keep
  FROM sandbox_head h JOIN wanted w ON h.sandbox_id = w.sandbox_id
  WHERE h.incarnation = w.incarnation AND h.head = w.expected
    AND (h.lease_holder IN (0, $5) OR h.lease_until < now())
  ORDER BY h.sandbox_id FOR NO KEY UPDATE OF h
), moved AS (
  UPDATE sandbox_head h SET head = l.next,
    lease_holder = CASE WHEN l.keep THEN h.lease_holder ELSE $5 END,
    lease_until = CASE WHEN l.keep THEN h.lease_until ELSE now() + $6 * interval '1 millisecond' END
  FROM locked l WHERE h.sandbox_id = l.sandbox_id
  RETURNING h.sandbox_id, NOT l.keep AS leased, h.lease_wanted AS wanted
), written AS (
  SELECT w.* FROM unnest($7::text[], $8::int8[], $9::text[], $10::int2[], $11::int8[], $12::text[], $13::text[],
    $14::int8[], $15::text[], $16::text[], $17::int2[]) AS w(sandbox_id, revision, key, type, commit_id, value, facets,
    previous_revision, previous, previous_facets, live)
  JOIN moved m ON m.sandbox_id = w.sandbox_id
), logged AS (
  INSERT INTO event (sandbox_id, revision, type, key, commit_id, previous_revision, previous, previous_facets, value, facets)
  SELECT w.sandbox_id, w.revision, w.type, w.key, w.commit_id, w.previous_revision,
    coalesce(w.previous, o.value), coalesce(w.previous_facets, o.facets),
    CASE WHEN w.type = 2 THEN w.value END, CASE WHEN w.type = 2 THEN w.facets END
  FROM written w LEFT JOIN object o ON w.type <> 0 AND w.previous IS NULL
    AND o.sandbox_id = w.sandbox_id AND o.key = w.key AND o.revision = w.previous_revision
), put AS (
  INSERT INTO object (sandbox_id, key, revision, value, facets)
  SELECT sandbox_id, key, revision, CASE WHEN live = 1 THEN value END, CASE WHEN live = 1 THEN facets END
  FROM written WHERE live IN (1, 2)
  ON CONFLICT (sandbox_id, key) DO UPDATE
  SET revision = EXCLUDED.revision, value = EXCLUDED.value, facets = EXCLUDED.facets
), gone AS (
  DELETE FROM object o USING written w WHERE w.live = 3 AND o.sandbox_id = w.sandbox_id AND o.key = w.key
)
SELECT sandbox_id, leased, wanted FROM moved`,
};

/**
 * Takes or renews the leases of $1 for process $2, $3 ms long, where that is allowed, and says where each log is.
 * A row that is missing from the answer has no sandbox.
 */
export const RENEW: Sql = {
  name: 'renew',
  text: `
WITH locked AS (
  SELECT h.sandbox_id FROM sandbox_head h
  WHERE h.sandbox_id = ANY ($1::text[])
    AND ((h.lease_holder = $2 AND NOT h.lease_wanted) OR h.lease_until < now())
  ORDER BY h.sandbox_id FOR NO KEY UPDATE
), renewed AS (
  UPDATE sandbox_head h
  SET lease_holder = $2, lease_until = now() + $3 * interval '1 millisecond', lease_wanted = false
  FROM locked l WHERE h.sandbox_id = l.sandbox_id
  RETURNING h.sandbox_id, h.incarnation, h.head, h.compacted, true AS leased, false AS blocked
)
SELECT * FROM renewed
UNION ALL
SELECT h.sandbox_id, h.incarnation, h.head, h.compacted, false, h.lease_holder NOT IN (0, $2)
FROM sandbox_head h
WHERE h.sandbox_id = ANY ($1::text[]) AND NOT EXISTS (SELECT 1 FROM renewed r WHERE r.sandbox_id = h.sandbox_id)`,
};

/** Where the logs of $1 are: for watches of sandboxes that another process writes. */
export const HEADS: Sql = {
  name: 'heads',
  text: `
SELECT sandbox_id, incarnation, head, compacted, false AS leased, false AS blocked
FROM sandbox_head WHERE sandbox_id = ANY ($1::text[])`,
};

/** Asks the holder of $1 to let others write. $2: this process. */
export const WANT: Sql = {
  name: 'want',
  text: `
UPDATE sandbox_head SET lease_wanted = true
WHERE sandbox_id = $1 AND lease_holder NOT IN (0, $2) AND lease_until >= now() AND NOT lease_wanted`,
};

/**
 * The holder $2 of $1 gives way: for $3 ms anybody may write and nobody answers from memory alone. Only when that is wanted
 * now: one that comes late must not end a lease that was renewed since.
 */
export const SHARE: Sql = {
  name: 'share',
  text: `
UPDATE sandbox_head
SET lease_holder = 0, lease_until = now() + $3 * interval '1 millisecond', lease_wanted = false
WHERE sandbox_id = $1 AND lease_holder = $2 AND lease_wanted`,
};

/** A process that stops ($1) leaves its leases free. */
export const RELEASE_ALL: Sql = {
  name: 'release-all',
  text: `
WITH locked AS (
  SELECT sandbox_id FROM sandbox_head WHERE lease_holder = $1 AND lease_until >= now()
  ORDER BY sandbox_id FOR NO KEY UPDATE
)
UPDATE sandbox_head h SET lease_holder = 0, lease_until = '-infinity', lease_wanted = false
FROM locked l WHERE h.sandbox_id = l.sandbox_id`,
};

/** The only process on a database ends what killed ones held. */
export const RELEASE_FOREIGN: Sql = {
  name: 'release-foreign',
  text: `
WITH locked AS (
  SELECT sandbox_id FROM sandbox_head WHERE lease_until >= now() ORDER BY sandbox_id FOR NO KEY UPDATE
)
UPDATE sandbox_head h SET lease_holder = 0, lease_until = '-infinity', lease_wanted = false
FROM locked l WHERE h.sandbox_id = l.sandbox_id`,
};

/** A sandbox and the objects of its overlay, at one moment. */
export const LOAD: Sql = {
  name: 'load',
  text: `
SELECT h.incarnation, h.head, h.compacted, h.base, k.wrapped, o.key, o.revision, o.value, o.facets
FROM sandbox_head h
LEFT JOIN sandbox_key k ON k.sandbox_id = h.sandbox_id
LEFT JOIN object o ON o.sandbox_id = h.sandbox_id
WHERE h.sandbox_id = $1`,
};

/**
 * The log of $1 after revision $2, keys from $3 to before $4, at most $5 changes, with where the log is. What a change led to
 * is the live object while that is of the same revision, else what the next change of the key found.
 */
export const LOG: Sql = {
  name: 'log',
  text: `
SELECT h.incarnation, h.head, h.compacted, k.wrapped, e.*
FROM sandbox_head h LEFT JOIN sandbox_key k ON k.sandbox_id = h.sandbox_id
LEFT JOIN LATERAL (
  SELECT e.revision, e.type, e.key, e.commit_id, e.previous_revision, e.previous_facets,
    CASE WHEN e.type = 2 THEN e.value WHEN o.revision IS NOT NULL THEN o.value ELSE lead(e.previous) OVER later END AS value,
    CASE WHEN e.type = 2 THEN e.facets WHEN o.revision IS NOT NULL THEN o.facets
      ELSE lead(e.previous_facets) OVER later END AS facets
  FROM event e LEFT JOIN object o ON o.sandbox_id = e.sandbox_id AND o.key = e.key AND o.revision = e.revision
  WHERE e.sandbox_id = $1 AND e.revision > $2 AND e.key >= $3 AND e.key < $4
  WINDOW later AS (PARTITION BY e.key ORDER BY e.revision)
  ORDER BY e.revision LIMIT $5
) e ON true
WHERE h.sandbox_id = $1
ORDER BY e.revision`,
};

/**
 * What was at revision $2 of $1, for keys from $3 to before $4 that changed after it up to revision $5. A previous
 * revision without a value is an object of the base.
 */
export const UNDO: Sql = {
  name: 'undo',
  text: `
SELECT h.incarnation, h.compacted, k.wrapped, e.*
FROM sandbox_head h LEFT JOIN sandbox_key k ON k.sandbox_id = h.sandbox_id
LEFT JOIN LATERAL (
  SELECT DISTINCT ON (e.key) e.key, e.previous_revision, e.previous, e.previous_facets
  FROM event e
  WHERE e.sandbox_id = $1 AND e.revision > $2 AND e.revision <= $5 AND e.key >= $3 AND e.key < $4
  ORDER BY e.key, e.revision
) e ON true
WHERE h.sandbox_id = $1`,
};

/** A new log $1 over base $2. No row: the sandbox exists, or there is no such snapshot. */
export const CREATE: Sql = {
  name: 'create',
  text: `
INSERT INTO sandbox_head (sandbox_id, head, compacted, base)
SELECT $1, s.revision, s.revision, s.id
FROM (SELECT id, revision FROM snapshot WHERE id = $2::text AND NOT dropped FOR KEY SHARE) s
UNION ALL SELECT $1, 1, 1, NULL WHERE $2::text IS NULL
ON CONFLICT (sandbox_id) DO NOTHING
RETURNING head`,
};

/** Removing the head first fences every writer; the rest is then nobody's. */
export const DELETE_HEAD: Sql = {
  name: 'delete-head',
  text: `DELETE FROM sandbox_head WHERE sandbox_id = $1 RETURNING base`,
};

export const DELETE_REST: Sql = {
  name: 'delete-rest',
  text: `
WITH a AS (DELETE FROM object WHERE sandbox_id = $1), b AS (DELETE FROM event WHERE sandbox_id = $1),
  c AS (DELETE FROM audit WHERE sandbox_id = $1)
DELETE FROM sandbox_key WHERE sandbox_id = $1`,
};

export const COMPACT: Sql = {
  name: 'compact',
  text: `
UPDATE sandbox_head SET compacted = greatest(compacted, $2) WHERE sandbox_id = $1 AND head >= $2
RETURNING compacted`,
};

/** Gives the key that is there, whoever was first. */
export const ADD_KEY: Sql = {
  name: 'add-key',
  text: `
INSERT INTO sandbox_key (sandbox_id, wrapped)
SELECT sandbox_id, $3 FROM sandbox_head WHERE sandbox_id = $1 AND incarnation = $2
ON CONFLICT (sandbox_id) DO UPDATE SET wrapped = sandbox_key.wrapped
RETURNING wrapped`,
};
