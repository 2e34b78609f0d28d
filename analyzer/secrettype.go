package analyzer

import (
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// Types that are named for a secret, and what of them is its text.

// revealWords start the names of methods that give away what a type hides.
var revealWords = words("reveal expose unwrap plaintext unmask unseal")

// reveals reports whether a method gives away what a type that is named for a
// secret hides: Secret[T].Reveal.
func (f *flow) reveals(fn *types.Func, call *ssa.CallCommon) bool {
	results := call.Signature().Results()
	if results.Len() == 0 || !isText(results.At(0).Type()) {
		return false
	}
	ws := splitName(fn.Name())
	return len(ws) > 0 && revealWords[ws[0]] && isSecretStruct(receiver(fn))
}

// isSecretStruct reports whether a type is named for a secret and nothing about it.
func isSecretStruct(name string) bool {
	if name == "" {
		return false
	}
	if class := classify(name); class == notSecret {
		return false
	}
	ws := trimNeutral(splitName(name))
	last := ws[len(ws)-1]
	return last == "secret" || last == "password" || last == "passphrase"
}

// textFields are those in which a type that is named for a secret has it.
var textFields = words("data value val raw plain plaintext text content secret")

// holdsText reports whether a field of a type is the text of the secret for which
// the type is named. Objects of Kubernetes and of the APIs of stores have a name
// as well, and more.
func (f *flow) holdsText(t types.Type, field *types.Var) bool {
	return !f.kubernetes && textFields[strings.ToLower(field.Name())] && secretText(t) != ""
}

// secretText returns the field of a type in which it has the text of the secret for
// which it is named, "" for none.
func secretText(t types.Type) string {
	n := named(t)
	if n == nil || n.Obj().Pkg() == nil || !isSecretStruct(n.Obj().Name()) || fieldCount(t) > maxSecretFields || strings.Contains(n.Obj().Pkg().Path(), "k8s") {
		return ""
	}
	s, ok := n.Underlying().(*types.Struct)
	if !ok {
		return ""
	}
	for i := range s.NumFields() {
		if isSecretText(s.Field(i).Type()) && textFields[strings.ToLower(s.Field(i).Name())] {
			return s.Field(i).Name()
		}
	}
	return ""
}

// maxSecretFields is the largest number of fields of a type that is the secret for
// which it is named: those with more describe one.
const maxSecretFields = 3

func fieldCount(t types.Type) int {
	if s, ok := derefType(t).Underlying().(*types.Struct); ok {
		return s.NumFields()
	}
	return 0
}

// isModelPart reports whether a struct is about the words of a language model: what
// is called a token beside its probability is one of them.
func isModelPart(t types.Type) bool {
	s, ok := t.Underlying().(*types.Struct)
	if !ok {
		return false
	}
	for i := range s.NumFields() {
		switch strings.ToLower(s.Field(i).Name()) {
		case "logprob", "logprobs", "toplogprobs", "tokenid", "tokenids", "prob", "probability", "vocab":
			return true
		}
	}
	return false
}
