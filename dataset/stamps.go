package dataset

// Stamps is the embedded set: 204 photographs of single objects in 12 classes,
// in the order of its labels.csv.
func Stamps() *Dataset { return &Dataset{Name: "stamps", BuiltIn: true} }
