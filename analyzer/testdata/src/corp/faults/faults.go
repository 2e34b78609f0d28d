// Package faults has errors that others make.
package faults

import "strconv"

// A CodeError is an error with a code.
type CodeError struct {
	Code int
	Host string
	Msg  string
}

func (e *CodeError) Error() string { return strconv.Itoa(e.Code) + " " + e.Host + " " + e.Msg }
