// Package zerolog is a stub.
package zerolog

type Event struct{}

func (e *Event) Str(key, val string) *Event         { return e }
func (e *Event) Bytes(key string, v []byte) *Event  { return e }
func (e *Event) Interface(key string, v any) *Event { return e }
func (e *Event) Any(key string, v any) *Event       { return e }
func (e *Event) Fields(fields any) *Event           { return e }
func (e *Event) Int(key string, v int) *Event       { return e }
func (e *Event) Msg(msg string)                     {}
func (e *Event) Msgf(format string, args ...any)    {}

type Context struct{}

func (c Context) Str(key, val string) Context { return c }
func (c Context) Logger() Logger              { return Logger{} }

type Logger struct{}

func (l *Logger) Info() *Event  { return nil }
func (l *Logger) With() Context { return Context{} }
