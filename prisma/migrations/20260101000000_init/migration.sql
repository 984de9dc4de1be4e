-- Migrations are repeatable: one that was cut short (kill -9) is run again from its start.
-- (No semicolon in a comment, it ends a statement for the engine that applies this.)

-- What a process needs to wake a cluster, beside its log.
CREATE TABLE IF NOT EXISTS "sandbox" (
    "id" TEXT COLLATE "C" NOT NULL,
    "seed" TEXT NOT NULL,
    "clock" JSONB,
    "base" TEXT,
    "credentials" TEXT,
    "deleting" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "sandbox_pkey" PRIMARY KEY ("id")
);

-- The row that every commit moves. Mostly empty pages keep its updates on the page (HOT), and autovacuum comes early,
-- because a page of dead versions slows every commit.
CREATE TABLE IF NOT EXISTS "sandbox_head" (
    "sandbox_id" TEXT COLLATE "C" NOT NULL,
    "incarnation" BIGSERIAL NOT NULL,
    "head" BIGINT NOT NULL,
    "compacted" BIGINT NOT NULL,
    "base" TEXT COLLATE "C",
    "lease_holder" BIGINT NOT NULL DEFAULT 0,
    "lease_until" TIMESTAMPTZ(6) NOT NULL DEFAULT '-infinity',
    "lease_wanted" BOOLEAN NOT NULL DEFAULT false,
    CONSTRAINT "sandbox_head_pkey" PRIMARY KEY ("sandbox_id")
) WITH (fillfactor = 30, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000);

CREATE TABLE IF NOT EXISTS "sandbox_key" (
    "sandbox_id" TEXT COLLATE "C" NOT NULL,
    "wrapped" TEXT NOT NULL,
    CONSTRAINT "sandbox_key_pkey" PRIMARY KEY ("sandbox_id")
);

-- Most objects are below 8 kB: kept in the row as they are, because compressing each pod costs more than it saves.
CREATE TABLE IF NOT EXISTS "object" (
    "sandbox_id" TEXT COLLATE "C" NOT NULL,
    "key" TEXT COLLATE "C" NOT NULL,
    "revision" BIGINT NOT NULL,
    "value" TEXT,
    "facets" TEXT,
    CONSTRAINT "object_pkey" PRIMARY KEY ("sandbox_id", "key")
) WITH (fillfactor = 80, toast_tuple_target = 8160);

-- History is dropped in whole partitions, never row by row. Partitions are made ahead by the server, the default one
-- takes what a jumping clock would otherwise lose.
CREATE TABLE IF NOT EXISTS "event" (
    "sandbox_id" TEXT COLLATE "C" NOT NULL,
    "revision" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "type" SMALLINT NOT NULL,
    "key" TEXT COLLATE "C" NOT NULL,
    "commit_id" BIGINT NOT NULL,
    "previous_revision" BIGINT NOT NULL,
    "previous" TEXT,
    "previous_facets" TEXT,
    "value" TEXT,
    "facets" TEXT,
    CONSTRAINT "event_pkey" PRIMARY KEY ("sandbox_id", "revision", "at")
) PARTITION BY RANGE ("at");

CREATE TABLE IF NOT EXISTS "event_default" PARTITION OF "event" DEFAULT WITH (toast_tuple_target = 8160);

CREATE TABLE IF NOT EXISTS "snapshot" (
    "id" TEXT COLLATE "C" NOT NULL,
    "revision" BIGINT NOT NULL,
    "wrapped" TEXT,
    "dropped" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "snapshot_pkey" PRIMARY KEY ("id")
);

CREATE TABLE IF NOT EXISTS "snapshot_object" (
    "snapshot_id" TEXT COLLATE "C" NOT NULL,
    "key" TEXT COLLATE "C" NOT NULL,
    "revision" BIGINT NOT NULL,
    "value" TEXT NOT NULL,
    "facets" TEXT NOT NULL,
    CONSTRAINT "snapshot_object_pkey" PRIMARY KEY ("snapshot_id", "key")
) WITH (toast_tuple_target = 8160);
