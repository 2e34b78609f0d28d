// Package postgres is a stub.
package postgres

func Open(dsn string) any { return nil }
