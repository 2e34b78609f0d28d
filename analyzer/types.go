package analyzer

import (
	"go/types"
	"reflect"
	"slices"
	"strings"
)

// carries reports whether a value of type t can hold the text of a secret:
// truth values, numbers, functions and errors cannot. An error that holds one
// is reported where it is built.
func carries(t types.Type) bool { return carriesAt(t, 0) }

func carriesAt(t types.Type, depth int) bool {
	if t == nil || depth > 4 {
		return false
	}
	if isError(t) || isOpaque(t) {
		return false
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Info()&types.IsString != 0 || u.Kind() == types.UntypedNil
	case *types.Slice:
		return isByte(u.Elem()) || carriesAt(u.Elem(), depth+1)
	case *types.Array:
		return isByte(u.Elem()) || carriesAt(u.Elem(), depth+1)
	case *types.Map:
		return carriesAt(u.Elem(), depth+1)
	case *types.Pointer:
		return carriesAt(u.Elem(), depth+1)
	case *types.Chan:
		return carriesAt(u.Elem(), depth+1)
	case *types.Interface, *types.Struct, *types.Tuple:
		return true
	}
	return false
}

func isByte(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && (b.Kind() == types.Byte || b.Kind() == types.Rune)
}

func isError(t types.Type) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Pkg() == nil && n.Obj().Name() == "error"
}

// isOpaque reports whether t is a type of the standard library whose text
// holds nothing that was put in.
func isOpaque(t types.Type) bool {
	n := named(t)
	if n == nil || n.Obj().Pkg() == nil {
		return false
	}
	switch n.Obj().Pkg().Path() {
	case "time", "context", "sync", "reflect", "regexp", "math/big", "hash", "os", "io", "bufio", "net":
		return n.Obj().Name() != "Context"
	}
	return false
}

// isSecretText reports whether a value of type t can be a secret because of
// its name: it is text, and nothing that redacts itself.
func isSecretText(t types.Type) bool {
	return t != nil && isText(t) && !isRuneLike(t) && !redacts(t) && !isNameOfThing(typeName(t)) && !isOtherToken(typeName(t))
}

// isOtherToken reports whether a type is that of tokens which are no credentials,
// by its name: ResumeToken.
func isOtherToken(name string) bool {
	ws := splitName(name)
	return len(ws) > 1 && endsIn(ws, "token") && classify(name) == notSecret
}

func isRuneLike(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Slice:
		b, ok := u.Elem().Underlying().(*types.Basic)
		return ok && b.Kind() == types.Rune
	}
	return false
}

// redacts reports whether t says itself how it is written by a logger or printed.
// Types that do so and hold a secret do it to hide it.
func redacts(t types.Type) bool {
	return hasOwnText(t, "LogValue", "LogString", "MarshalLog", "MarshalLogObject", "MarshalZerologObject") || printsItself(t)
}

// printsItself reports whether t says itself how it is printed.
func printsItself(t types.Type) bool { return hasOwnText(t, "String", "Format", "GoString", "Error") }

// hasOwnText reports whether t has one of these methods.
func hasOwnText(t types.Type, methods ...string) bool {
	n := named(t)
	if n == nil {
		return false
	}
	if _, isInterface := n.Underlying().(*types.Interface); isInterface {
		return false
	}
	if p := n.Obj().Pkg(); p != nil && (p.Path() == "log/slog" || p.Path() == "encoding/json") {
		return false // an Attr or a RawMessage shows what it holds
	}
	return slices.ContainsFunc(methods, func(method string) bool { return hasMethod(t, method) })
}

func hasMethod(t types.Type, name string) bool {
	obj, _, _ := types.LookupFieldOrMethod(t, true, nil, name)
	_, ok := obj.(*types.Func)
	return ok
}

// A fieldSearch looks for what is shown of a value by printing it.
type fieldSearch struct {
	*env
	json  bool // it is printed as JSON, without the fields that have no name there
	plain bool // package fmt prints it, which asks no method for loggers
}

// secretField returns the first field of t, or of what is printed with it,
// that holds a secret; "" if there is none or t hides it.
func (s fieldSearch) secretField(t types.Type) string { return s.at(t, 0) }

// maxFieldDepth bounds how deep printing a value is followed into structs.
const maxFieldDepth = 3

func (s fieldSearch) at(t types.Type, depth int) string {
	if t == nil || depth > maxFieldDepth {
		return ""
	}
	if isKubernetesSecret(t) {
		return "Data"
	}
	if printsItself(t) || !s.plain && redacts(t) || isOpaque(t) || s.json && hasMethod(t, "MarshalJSON") {
		return ""
	}
	switch u := t.Underlying().(type) {
	case *types.Pointer:
		if depth == 0 { // package fmt prints what only the outermost pointer points to
			return s.at(u.Elem(), depth+1)
		}
	case *types.Slice:
		return s.at(u.Elem(), depth+1)
	case *types.Map:
		return s.at(u.Elem(), depth+1)
	case *types.Struct:
		if field := secretText(t); field != "" {
			return field
		}
		return s.in(u, depth)
	}
	return ""
}

func (s fieldSearch) in(u *types.Struct, depth int) string {
	for i := range u.NumFields() {
		f := u.Field(i)
		if isSecretText(f.Type()) && s.secretFieldName(f.Name(), u.Tag(i)) && !s.leftOut(f, u.Tag(i)) {
			return f.Name()
		}
	}
	for i := range u.NumFields() {
		if !s.isKept(u.Field(i)) || s.leftOut(u.Field(i), u.Tag(i)) {
			continue
		}
		if name := s.at(u.Field(i).Type(), depth+1); name != "" {
			return u.Field(i).Name() + "." + name
		}
	}
	return ""
}

// leftOut reports whether JSON leaves a field out.
func (s fieldSearch) leftOut(f *types.Var, tag string) bool {
	return s.json && (!f.Exported() || reflect.StructTag(tag).Get("json") == "-")
}

// isKept reports whether a field of a struct is likely to hold credentials when
// its owner is printed: what is named for a configuration, a login or a secret,
// or is embedded. Others often have fields for one that nobody has set.
func (e *env) isKept(f *types.Var) bool {
	if f.Embedded() {
		return true
	}
	for _, name := range [...]string{f.Name(), typeName(elemType(f.Type()))} {
		if slices.ContainsFunc(splitName(name), func(w string) bool { return keptWords[w] }) || e.classify(name) != notSecret {
			return true
		}
	}
	return !f.Exported()
}

// keptWords are those of types and fields that have credentials in them.
var keptWords = words("config configuration conf cfg client auth authenticator authentication authorization credential credentials creds account login user settings connection conn transport api bot session tls " +
	"secret secrets options opts params smtp mail database db sql redis mysql postgres storage s3 oauth oauth2 oidc ldap broker server")

// elemType returns the type of the elements of a list or map, or t.
func elemType(t types.Type) types.Type {
	switch u := t.Underlying().(type) {
	case *types.Slice:
		return u.Elem()
	case *types.Array:
		return u.Elem()
	case *types.Map:
		return u.Elem()
	}
	return t
}

// secretFieldName judges a field by its name, and by the names its tags give it.
func (e *env) secretFieldName(name, tag string) bool {
	return e.classify(name) >= strongName || tagsSecret(tag) || tag != "" && !saysOther(name) && tagsStrong(tag)
}

// tagsSecret reports whether a tag says that its field is a secret.
func tagsSecret(tag string) bool {
	if tag == "" || !strings.Contains(tag, ":") {
		return false
	}
	for _, key := range [...]string{"secret", "sensitive", "redact"} {
		if v, ok := reflect.StructTag(tag).Lookup(key); ok && v != "false" && v != "-" {
			return true
		}
	}
	return false
}

// isKubernetesSecret reports whether t is the object in which Kubernetes keeps
// secrets, or a pointer to one.
func isKubernetesSecret(t types.Type) bool {
	n := named(t)
	return n != nil && n.Obj().Name() == "Secret" && inPackage("k8s.io/api/core/...|*/api/core", pkgPath(n.Obj().Pkg()))
}

// isPrivateKey reports whether t is a private key or a pointer to one.
func isPrivateKey(t types.Type) bool {
	n := named(t)
	if n == nil || n.Obj().Pkg() == nil || n.Obj().Name() != "PrivateKey" {
		return false
	}
	switch n.Obj().Pkg().Path() {
	case "crypto/rsa", "crypto/ecdsa", "crypto/ed25519", "crypto/ecdh", "crypto/dsa", "golang.org/x/crypto/ed25519":
		return true
	}
	return false
}

// isSecretType reports whether t is a text whose type is named for a secret.
func isSecretType(t types.Type) bool {
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || !isSecretText(t) {
		return false
	}
	switch n.Obj().Name() {
	case "Secret", "Password", "Passphrase", "APIKey", "ApiKey", "AccessToken", "SecretString", "SecretKey", "SensitiveString":
		return true
	}
	ws := splitName(n.Obj().Name())
	return !endsIn(ws, "key") && !endsIn(ws, "string") && classifyWords(ws) >= strongName
}
