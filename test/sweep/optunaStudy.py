"""What Optuna itself makes of our journals: run by journalOptuna.slow.test.ts.

show <study> <journal>...           the trials of each journal, as JSON
optimize <study> <journal> <count>  asks for one trial, runs `count`, asks for another one that stays waiting
begin <study> <journal> <count>     a new study, of Optuna's own
"""

import json
import sys
import warnings

import optuna
from optuna.storages import JournalStorage

try:
    from optuna.storages.journal import JournalFileBackend
except ImportError:  # before Optuna 4
    from optuna.storages import JournalFileStorage as JournalFileBackend

optuna.logging.set_verbosity(optuna.logging.ERROR)
warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)


def storage(path):
    return JournalStorage(JournalFileBackend(path))


def row(trial):
    return {
        "number": trial.number,
        "state": trial.state.name,
        "values": trial.values,
        "params": trial.params,
        "distributions": {name: str(d) for name, d in trial.distributions.items()},
        "intermediate": {k: v if v == v else "nan" for k, v in trial.intermediate_values.items()},
        "attributes": trial.user_attrs,
        "start": trial.datetime_start and trial.datetime_start.timestamp(),
        "complete": trial.datetime_complete and trial.datetime_complete.timestamp(),
    }


def show(name, *paths):
    studies = [optuna.load_study(study_name=name, storage=storage(path)) for path in paths]
    print(json.dumps([{"direction": s.direction.name, "trials": [row(t) for t in s.trials]} for s in studies]))


def objective(trial):
    rule = trial.suggest_categorical("rule", ["sgd", "adam", None])
    hidden = trial.suggest_int("hidden", 32, 512, step=32)
    rate = trial.suggest_float("rate", 1e-5, 1e-1, log=True)
    if rule == "sgd":
        trial.suggest_float("momentum", 0.5, 0.99)
    trial.suggest_float("offset", -18, 18)
    trial.report(float("nan") if trial.number % 2 else 0.25, 1)
    trial.set_user_attr("from", "Python \u00e9 \u2028")
    if trial.number % 4 == 3:
        raise ValueError("this one fails")
    return hidden * rate


def optimize(study, count):
    study.enqueue_trial({"rule": "adam", "hidden": 64, "rate": 1e-3, "offset": 0.5})
    study.optimize(objective, n_trials=count, catch=(ValueError,))
    study.enqueue_trial({"rule": None, "hidden": 96, "rate": 1e-2, "offset": -0.5})
    study.enqueue_trial({"hidden": 96})


command, name, path, *rest = sys.argv[1:]
if command == "show":
    show(name, path, *rest)
elif command == "optimize":
    optimize(optuna.load_study(study_name=name, storage=storage(path)), int(rest[0]))
elif command == "begin":
    sampler = optuna.samplers.RandomSampler(seed=1)
    study = optuna.create_study(study_name=name, direction="maximize", storage=storage(path), sampler=sampler)
    optimize(study, int(rest[0]))
else:
    sys.exit(f"no such command: {command}")
