// Package glog is a stub.
package glog

func Warningf(format string, args ...any) {}
func Errorln(args ...any)                 {}
