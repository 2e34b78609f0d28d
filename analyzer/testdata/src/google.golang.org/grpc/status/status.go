// Package status is a stub.
package status

func Error(code uint32, msg string) error                  { return nil }
func Errorf(code uint32, format string, args ...any) error { return nil }
