package logs

import "strings"

type parseError struct{ connString, msg string }

func (e *parseError) Error() string { return e.msg + ": " + redactPW(e.connString) }

type plainError struct{ connString, msg string }

func (e *plainError) Error() string { return e.msg + ": " + e.connString } // want `field connString becomes part of an error by error plainError`

func redactPW(s string) string { return strings.Repeat("*", len(s)) }

func parse(connString string) (error, error) {
	return &parseError{connString: connString, msg: "bad"}, &plainError{connString: connString, msg: "bad"} // want `parameter connString becomes part of an error by error plainError`
}
