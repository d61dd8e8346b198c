// Preloaded into wrangler: passes it the SQL as an argument from the environment, because the SQL may contain an e-mail address
// and process lists show arguments given at the start.

process.argv.push("--command", process.env.FORMGATE_SQL)
delete process.env.FORMGATE_SQL
