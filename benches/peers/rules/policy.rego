package peers

licences := {"Apache-2.0", "MIT", "BSD-3-Clause", "llama3.1", "gemma"}

categories := {"system", "system.operations", "user.name", "user.contact", "user.content"}

countries := {"DE", "FR", "NL", "SE"}

# A set holds equal findings once, so each message names its place.
violations contains {"rule": "PEER001", "message": sprintf("governance.owner: %s is no mail address", [input.governance.owner])} if {
	not regex.match(`^[^@ ]+@[^@ ]+[.][a-z]+$`, input.governance.owner)
}

violations contains {"rule": "PEER002", "message": sprintf("models[%d]: the licence of %s is not on the list: %s", [i, model.id, model.license])} if {
	some i, model in input.models
	not model.license in licences
}

violations contains {"rule": "PEER003", "message": sprintf("models[%d]: the revision of %s is no commit: %s", [i, model.id, model.revision])} if {
	some i, model in input.models
	not regex.match(`^[0-9a-f]{40}$`, model.revision)
}

violations contains {"rule": "PEER004", "message": sprintf("datasets[%d]: %s holds a category not on the list: %s", [i, dataset.id, category])} if {
	some i, dataset in input.datasets
	some category in dataset.categories
	not category in categories
}

# Rego has no durations of days: the manifests write nothing but `P…D`.
violations contains {"rule": "PEER005", "message": sprintf("datasets[%d]: %s is about people and kept for %s", [i, dataset.id, dataset.retention])} if {
	some i, dataset in input.datasets
	some category in dataset.categories
	startswith(category, "user.")
	to_number(trim_suffix(trim_prefix(dataset.retention, "P"), "D")) > 365
}

violations contains {"rule": "PEER006", "message": sprintf("flows[%d]: in clear from %s to %s", [i, flow.from, flow.to])} if {
	some i, flow in input.flows
	flow.transport == "plain"
}

violations contains {"rule": "PEER007", "message": sprintf("datasets[%d]: the description of %s is too short", [i, dataset.id])} if {
	some i, dataset in input.datasets
	count(dataset.description) < 20
}

violations contains {"rule": "PEER008", "message": sprintf("actors[%d]: %s are the public, and do not sign in", [i, actor.id])} if {
	some i, actor in input.actors
	actor.kind == "public"
	not actor.authenticated
}

violations contains {"rule": "PEER009", "message": sprintf("hosting[%d]: %s is in a country not on the list: %s", [i, host.id, host.country])} if {
	some i, host in input.hosting
	not host.country in countries
}

somebody_for_incidents if {
	some role in input.staffing.roles
	role.role == "sre"
	role.status == "employed"
}

violations contains {"rule": "PEER010", "message": "staffing.roles: nobody is employed to attend to incidents"} if not somebody_for_incidents
