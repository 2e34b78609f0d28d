// Package logr is a stub.
package logr

type Logger struct{}

func (Logger) Info(msg string, kv ...any)             {}
func (Logger) Error(err error, msg string, kv ...any) {}
func (l Logger) WithValues(kv ...any) Logger          { return l }
