// Package mysql is a stub.
package mysql

type Config struct {
	User   string
	Passwd string
	Addr   string
}
