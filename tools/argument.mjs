// Loaded into wrangler before it starts: gives it the SQL, which may have somebody's address in it, as an argument that is in
// no list of processes.

process.argv.push("--command", process.env.FORMGATE_SQL)
delete process.env.FORMGATE_SQL
