"""What `railcast up` needs on one machine: the home folder, both servers, the supervisor."""
