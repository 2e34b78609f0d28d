package pack

import (
	"errors"
	"runtime"
	"runtime/debug"
)

var errMap = errors.New("file changed or became unreadable while it was read")

// guard runs f, which reads mapped files, and turns a fault of a mapping (the
// file was cut short, the disk failed) into an error. Other panics pass.
func guard(f func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		switch r := recover().(type) {
		case nil:
		case interface {
			runtime.Error
			Addr() uintptr
		}:
			err = errMap
		default:
			panic(r)
		}
	}()
	return f()
}
