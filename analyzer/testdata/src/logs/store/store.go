// Package store has pairs of keys.
package store

import "log"

type options struct{ SecretKey string }

func public(accessKey string, o options) {
	log.Print(accessKey)
	log.Print(o.SecretKey) // want `field SecretKey is written`
}
