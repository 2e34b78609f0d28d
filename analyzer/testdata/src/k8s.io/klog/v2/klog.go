// Package klog is a stub.
package klog

func Info(args ...any)                        {}
func Infof(format string, args ...any)        {}
func InfoS(msg string, kv ...any)             {}
func ErrorS(err error, msg string, kv ...any) {}
func Fatal(args ...any)                       {}
func V(level int) Verbose                     { return false }

type Verbose bool

func (Verbose) Infof(format string, args ...any) {}
func (Verbose) InfoS(msg string, kv ...any)      {}
