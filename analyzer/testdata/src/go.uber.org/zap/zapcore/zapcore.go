// Package zapcore is a stub.
package zapcore

import "go.uber.org/zap"

type ObjectEncoder interface {
	AddString(key, value string)
	AddInt(key string, value int)
}

type CheckedEntry struct{}

func (*CheckedEntry) Write(fields ...zap.Field) {}
