// A cluster of three nodes and its database have all the cores of a small machine to themselves.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
