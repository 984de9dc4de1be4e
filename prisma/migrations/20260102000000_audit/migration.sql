-- Audit logs: a row holds the lines that were written down together. Nothing refers to a row, the newest are what is read.
CREATE TABLE IF NOT EXISTS "audit" (
    "sandbox_id" TEXT COLLATE "C" NOT NULL,
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "events" INTEGER NOT NULL,
    "bytes" INTEGER NOT NULL,
    "lines" TEXT NOT NULL,
    CONSTRAINT "audit_pkey" PRIMARY KEY ("sandbox_id", "id")
);
