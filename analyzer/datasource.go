package analyzer

import (
	"slices"
	"strings"
)

// The name of a data source mostly has a password in it, but not that of a file or
// of a service whose names are public. So it counts only in a log or an error, and
// where the package has to do with databases that ask for one.

// databasePackages connect to databases that ask for a password, and openPackages
// to what asks for none, or for none that is secret.
const (
	databasePackages = "database/sql|github.com/jmoiron/sqlx|github.com/jackc/pgx/...|github.com/jackc/pgconn|github.com/lib/pq|github.com/go-sql-driver/mysql|gorm.io/...|github.com/jinzhu/gorm/...|" +
		"xorm.io/xorm|github.com/uptrace/bun/...|github.com/go-pg/pg/...|github.com/ClickHouse/...|go.mongodb.org/...|github.com/golang-migrate/migrate/...|github.com/pressly/goose/..."
	openPackages = "github.com/getsentry/...|github.com/mattn/go-sqlite3|modernc.org/sqlite|github.com/glebarez/...|gorm.io/driver/sqlite|github.com/emersion/..."
)

// isDataSource reports whether a name is that of a data source: dsn, databaseURL,
// PG_DSN.
func (f *flow) isDataSource(name string) bool {
	if !mayBeDataSource(name) {
		return false
	}
	ws := trimNeutral(splitName(name))
	if slices.ContainsFunc(ws, func(w string) bool { return openStores[w] || negativeWords[w] && w != "url" && w != "source" }) {
		return false
	}
	if endsIn(ws, "dsn") {
		return true
	}
	n := len(ws)
	return n > 1 && (ws[n-1] == "url" || ws[n-1] == "uri") && urlStores[ws[n-2]]
}

// mayBeDataSource is a cheap look at the end of a name.
func mayBeDataSource(name string) bool {
	if len(name) < 3 || len(name) > maxName {
		return false
	}
	end := name[len(name)-3:]
	return strings.EqualFold(end, "dsn") || strings.EqualFold(end, "url") || strings.EqualFold(end, "uri")
}

var (
	openStores = words("sentry raven glitchtip sqlite sqlite3 bolt file mail smtp imap delivery status notification serial device public safe redacted masked test")
	urlStores  = words("database postgres postgresql mysql mongo mongodb")
)

// dealsInSources reports whether what is called the name of a data source in the
// package is that of a database which asks for a password.
func (f *flow) dealsInSources() bool {
	return !f.opensFiles() && (f.little || importsAny(f.pkg, databasePackages))
}

// opensFiles reports whether the data sources of the package are files, or ask for
// nothing that is secret.
func (f *flow) opensFiles() bool {
	return importsAny(f.pkg, openPackages) || slices.ContainsFunc(splitName(f.pkg.Path()), func(w string) bool { return openStores[w] })
}
