// Package log is a stub.
package log

func Info(msg any, kv ...any)           {}
func Errorf(format string, args ...any) {}
