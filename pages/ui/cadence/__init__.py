"""The toolbox of the meetings: council, review, decisions, audit."""
