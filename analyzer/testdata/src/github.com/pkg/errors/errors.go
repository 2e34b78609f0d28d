// Package errors is a stub.
package errors

func New(msg string) error                              { return nil }
func Errorf(format string, args ...any) error           { return nil }
func Wrap(err error, msg string) error                  { return nil }
func Wrapf(err error, format string, args ...any) error { return nil }
