package decode

import "fmt"

// Reasons of a [LimitError].
const (
	SafetyLimit = "safety-limit" // a bound that is built in
	UserLimit   = "user-limit"   // a bound that the caller set
)

// A LimitError says that content was left unread because of a bound.
type LimitError struct {
	Path   string // of the entry of a container; empty for encoded text
	Reason string // SafetyLimit or UserLimit
	Detail string
}

// Error describes the bound.
func (e *LimitError) Error() string {
	if e.Path == "" {
		return e.Detail
	}
	return e.Path + ": " + e.Detail
}

// A SkipError says that an entry of a container was left out.
type SkipError struct {
	Path   string
	Reason string // encrypted, symlink, special or binary
}

// Error describes what was left out and why.
func (e *SkipError) Error() string { return e.Path + ": skipped: " + e.Reason }

// A MalformedError says that content is not the container that it looks like,
// or that it is damaged.
type MalformedError struct {
	Path string
	Err  error
}

// Error describes the damage.
func (e *MalformedError) Error() string { return fmt.Sprintf("%s: %v", e.Path, e.Err) }

// Unwrap returns the cause.
func (e *MalformedError) Unwrap() error { return e.Err }
