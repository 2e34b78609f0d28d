// Package hclog is a stub.
package hclog

type Logger interface {
	Debug(msg string, args ...any)
	Error(msg string, args ...any)
	With(args ...any) Logger
}
