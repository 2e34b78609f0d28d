// Package log is a stub.
package log

type Logger interface{ Log(kv ...any) error }

func With(l Logger, kv ...any) Logger { return l }
