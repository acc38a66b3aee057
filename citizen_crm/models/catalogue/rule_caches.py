"""What the rules say is cached in each process, since every new case asks for it."""

_TOUCHED = "citizen_sla_rules_touched"


def forget_rules(env):
    """Forget what the rules said, here now and everywhere on commit.

    Another thread may cache the old rules again until this transaction is committed.
    """
    env.registry.clear_cache()
    postcommit = env.cr.postcommit
    if not postcommit.data.get(_TOUCHED):
        postcommit.data[_TOUCHED] = True
        postcommit.add(env.registry.clear_cache)
