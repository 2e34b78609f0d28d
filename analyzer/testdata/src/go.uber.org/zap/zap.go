// Package zap is a stub.
package zap

type Field struct{}

func String(key, val string) Field          { return Field{} }
func Any(key string, val any) Field         { return Field{} }
func ByteString(key string, v []byte) Field { return Field{} }
func Int(key string, v int) Field           { return Field{} }

type Logger struct{}

func (*Logger) Debug(msg string, fields ...Field) {}
func (*Logger) Info(msg string, fields ...Field)  {}
func (*Logger) Warn(msg string, fields ...Field)  {}
func (*Logger) Error(msg string, fields ...Field) {}
func (*Logger) Fatal(msg string, fields ...Field) {}
func (l *Logger) With(fields ...Field) *Logger    { return l }
func (*Logger) Sync() error                       { return nil }

type SugaredLogger struct{}

func (*SugaredLogger) Debugw(msg string, kv ...any)       {}
func (*SugaredLogger) Infow(msg string, kv ...any)        {}
func (*SugaredLogger) Errorf(format string, args ...any)  {}
func (*SugaredLogger) Warnln(args ...any)                 {}
func (s *SugaredLogger) With(args ...any) *SugaredLogger  { return s }
func (s *SugaredLogger) Named(name string) *SugaredLogger { return s }
