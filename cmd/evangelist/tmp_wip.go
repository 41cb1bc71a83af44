package main

type importCommand struct{}
type storybookCommand struct{}
