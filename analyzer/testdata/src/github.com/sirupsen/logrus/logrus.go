// Package logrus is a stub.
package logrus

type Fields map[string]any

type Entry struct{}

func (e *Entry) Info(args ...any)                   {}
func (e *Entry) Errorf(format string, args ...any)  {}
func (e *Entry) WithField(key string, v any) *Entry { return e }

func Info(args ...any)                   {}
func Debugf(format string, args ...any)  {}
func WithField(key string, v any) *Entry { return nil }
func WithFields(fields Fields) *Entry    { return nil }
