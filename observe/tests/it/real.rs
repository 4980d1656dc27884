//! The same sync against a real API server, where `ROUTEBOOK_TEST_KUBECONFIG` names one that may
//! be written to. It works in namespaces that it makes itself, and removes them.
