-- Which admission plugins a sandbox turns on or off. None: the default set.
ALTER TABLE "sandbox" ADD COLUMN IF NOT EXISTS "admission" JSONB;
