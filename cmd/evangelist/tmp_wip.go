package main

import "errors"

func (c *importPeople) Run() error { return errors.New("people come soon") }
