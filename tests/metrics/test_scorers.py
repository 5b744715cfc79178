"""Scorers with real estimators: folds without a class, searches, routing, several outputs."""

from __future__ import annotations

import copy
import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
import sklearn
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_breast_cancer, load_iris, load_wine
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.feature_selection import RFECV
from sklearn.frozen import FrozenEstimator
from sklearn.inspection import permutation_importance
from sklearn.linear_model import LinearRegression, LogisticRegression, LogisticRegressionCV
from sklearn.metrics import get_scorer, log_loss
from sklearn.model_selection import (
    GridSearchCV,
    KFold,
    LearningCurveDisplay,
    RandomizedSearchCV,
    StratifiedKFold,
    TunedThresholdClassifierCV,
    ValidationCurveDisplay,
    cross_val_score,
    cross_validate,
    learning_curve,
)
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import ClassifierChain, MultiOutputClassifier
from sklearn.naive_bayes import GaussianNB, MultinomialNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils.estimator_checks import check_estimator

from sklearn_infotheory.metrics import (
    CrossEntropyScorer,
    TrainingPrior,
    cross_entropy_loss,
    cross_entropy_scorer,
    information_gain_score,
    information_gain_scorer,
    make_cross_entropy_scorer,
)

X, Y = load_iris(return_X_y=True)
SPECIES = load_iris().target_names[Y]
GAIN = make_cross_entropy_scorer("information_gain", base=2)
FLOORED = make_cross_entropy_scorer(zero=1e-3, unseen="floor")
EPS = float(np.finfo(np.float64).eps)


def logistic():
    return make_pipeline(TrainingPrior(), StandardScaler(), LogisticRegression())


def lacking_a_class():
    """Folds whose test part lacks a class; training has all of them."""
    rows = np.arange(150)
    for k in range(3):
        test = rows[(rows % 10 == k) & (k != Y)]
        yield np.setdiff1d(rows, test), test


# folds


@pytest.mark.parametrize("y", [Y, SPECIES, SPECIES.astype(object), pd.Series(SPECIES), -Y])
def test_folds_that_lack_a_class(y):
    folds = list(lacking_a_class())
    scores = cross_val_score(logistic(), X, y, cv=folds, scoring=cross_entropy_scorer)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert np.isnan(cross_val_score(logistic(), X, y, cv=folds, scoring="neg_log_loss")).all()
    for (train, test), score in zip(folds, scores, strict=True):
        values = np.asarray(y)
        model = logistic().fit(X[train], values[train])
        expected = log_loss(values[test], model.predict_proba(X[test]), labels=model.classes_)
        assert score == pytest.approx(-expected)
    gains = cross_val_score(logistic(), X, y, cv=folds, scoring=GAIN)
    assert ((gains > 1) & (gains < 2)).all()


def test_folds_of_one_class():
    gains = cross_val_score(logistic(), X, Y, cv=KFold(75), scoring=GAIN)
    assert np.isfinite(gains).all()
    assert gains.mean() > 1.3
    assert np.isfinite(cross_val_score(logistic(), X, Y, cv=KFold(75), scoring=FLOORED)).all()


def test_same_as_sklearn_where_that_works():
    for data in (load_wine, load_breast_cancer):
        features, y = data(return_X_y=True)
        ours = make_cross_entropy_scorer(zero=EPS)
        for model in (GaussianNB(), DecisionTreeClassifier(random_state=0)):
            expected = cross_val_score(model, features, y, scoring="neg_log_loss")
            own = cross_val_score(model, features, y, scoring=ours)
            # scikit-learn reads the first of two probabilities as 1 minus the second
            np.testing.assert_allclose(own, expected, rtol=1e-6)


def test_gain_is_the_loss_of_the_training_prior_minus_that_of_the_model():
    for train, test in StratifiedKFold(3).split(X, Y):
        train = train[:-20]  # so that the classes are not of one size
        model = logistic().fit(X[train], Y[train])
        prior = np.bincount(Y[train]) / len(train)
        proba = model.predict_proba(X[test])
        gain = information_gain_scorer(model, X[test], Y[test])
        assert gain == pytest.approx(information_gain_score(Y[test], proba, prior=prior))
        before = cross_entropy_loss(Y[test], np.tile(prior, (len(test), 1)))
        assert gain == pytest.approx(before - cross_entropy_loss(Y[test], proba))


class TestUnseen:
    model = make_pipeline(TrainingPrior(), GaussianNB()).fit(X[:100], SPECIES[:100])
    rows = np.arange(90, 110)

    def score(self, *args, **kwargs):
        scorer = make_cross_entropy_scorer(*args, **kwargs)
        return scorer(self.model, X[self.rows], SPECIES[self.rows])

    def test_inf(self):
        assert self.score() == -np.inf
        assert self.score(zero=0.01) == -np.inf
        assert self.score(zero="raise") == -np.inf  # the classifier gave no zero
        assert self.score("information_gain") == -np.inf

    def test_raise(self):
        with pytest.raises(ValueError, match=r"holds 'virginica' in row 10, .*'setosa', 'versi"):
            self.score(unseen="raise")

    @pytest.mark.parametrize(("zero", "floor"), [("inf", EPS), ("raise", EPS), (0.01, 0.01)])
    def test_floor(self, zero, floor):
        seen = self.rows[:10]
        options = {} if zero != 0.01 else {"zero": zero}
        known = cross_entropy_loss(
            SPECIES[seen],
            self.model.predict_proba(X[seen]),
            labels=self.model.classes_,
            reduction="sum",
            **options,
        )
        expected = -(known - 10 * np.log(floor)) / 20
        assert self.score(zero=zero, unseen="floor") == pytest.approx(expected)

    def test_gain(self):
        """What training lacked gains nothing."""
        whole = self.score("information_gain", unseen="floor")
        seen = GAIN(self.model, X[self.rows[:10]], SPECIES[self.rows[:10]]) * np.log(2)
        assert whole == pytest.approx(seen / 2)

    def test_prior_that_knows_better(self):
        prior = {"setosa": 0.25, "versicolor": 0.25, "virginica": 0.5}
        with pytest.raises(ValueError, match="prior must hold the share of each class"):
            self.score("information_gain", prior={"setosa": 1.0})
        gain = self.score("information_gain", prior=prior, unseen="floor", zero=1e-3)
        own = self.score(unseen="floor", zero=1e-3)
        assert gain == pytest.approx(own + (10 * np.log(4) + 10 * np.log(2)) / 20)

    def test_training_with_one_class(self):
        model = DummyClassifier().fit(X[:50], SPECIES[:50])
        assert cross_entropy_scorer(model, X[:50], SPECIES[:50]) == 0
        assert cross_entropy_scorer(model, X, SPECIES) == -np.inf
        assert FLOORED(model, X, SPECIES) == pytest.approx(2 / 3 * np.log(1e-3))
        assert information_gain_scorer(model, X[:50], SPECIES[:50]) == 0


# estimators


ESTIMATORS = [
    LogisticRegression(max_iter=1000),
    logistic(),
    GridSearchCV(logistic(), {"logisticregression__C": [0.1, 10]}),
    RandomizedSearchCV(logistic(), {"logisticregression__C": [0.1, 10]}, n_iter=1),
    CalibratedClassifierCV(LinearSVC()),
    CalibratedClassifierCV(SVC(), method="isotonic", ensemble=False),
    RandomForestClassifier(n_estimators=5, random_state=0),
    GradientBoostingClassifier(n_estimators=5),
    OneVsRestClassifier(LogisticRegression()),
    LinearDiscriminantAnalysis(),
    KNeighborsClassifier(),
]


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda e: type(e).__name__)
@pytest.mark.parametrize("y", [Y, SPECIES], ids=["numbers", "text"])
def test_estimators(estimator, y):
    model = clone(estimator).fit(X[::2], y[::2])
    lacking = np.flatnonzero(Y != 1)[1::2]
    for rows in (np.arange(1, 150, 2), lacking):
        proba = model.predict_proba(X[rows])
        expected = -cross_entropy_loss(y[rows], proba, labels=model.classes_, zero=1e-3)
        assert FLOORED(model, X[rows], y[rows]) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("estimator", "name"),
    [(LinearSVC(), "LinearSVC"), (LinearRegression(), "LinearRegression"), (SVC(), "SVC")],
)
def test_estimators_without_probabilities(estimator, name):
    with pytest.raises(AttributeError, match=rf"{name} has no predict_proba.*CalibratedClassif"):
        cross_entropy_scorer(estimator.fit(X, Y), X, Y)


def test_estimators_without_classes():
    class Model:
        def predict_proba(self, X):
            return np.full((len(X), 3), 1 / 3)

    with pytest.raises(AttributeError, match="Model has no classes_"):
        cross_entropy_scorer(Model(), X, Y)
    model = Model()
    model.classes_ = [[0, 1], [0, 1], [0, 1]]
    with pytest.raises(ValueError, match="one column for each of 3 outputs; got 1"):
        cross_entropy_scorer(model, X, Y)


MULTILABEL = np.column_stack([X[:, 0] > 5.8, X[:, 1] > 3, X[:, 3] > 1.3]).astype(int)
MULTILABEL_ESTIMATORS = [
    OneVsRestClassifier(LogisticRegression()),
    MLPClassifier(solver="lbfgs", alpha=1, max_iter=5000, random_state=0),
    RandomForestClassifier(n_estimators=5, random_state=0),
    KNeighborsClassifier(),
    MultiOutputClassifier(LogisticRegression()),
    ClassifierChain(LogisticRegression()),
    make_pipeline(StandardScaler(), MultiOutputClassifier(LogisticRegression())),
]


def probability_of_ones(proba):
    return np.column_stack([p[:, 1] for p in proba]) if isinstance(proba, list) else proba


@pytest.mark.parametrize("estimator", MULTILABEL_ESTIMATORS, ids=lambda e: type(e).__name__)
def test_multilabel(estimator):
    model = clone(estimator).fit(X[::2], MULTILABEL[::2])
    one_hot = np.flatnonzero(MULTILABEL.sum(axis=1) == 1)
    for rows in (np.arange(1, 150, 2), one_hot, one_hot[:1]):
        y, ones = MULTILABEL[rows], probability_of_ones(model.predict_proba(X[rows]))
        expected = -sum(
            cross_entropy_loss(y[:, j], ones[:, j], labels=[0, 1], zero=1e-3) for j in range(3)
        )
        assert FLOORED(model, X[rows], y) == pytest.approx(expected)


def test_gain_of_several_outputs():
    y = np.column_stack([SPECIES, np.where(MULTILABEL[:, 1], "wide", "narrow")])
    forest = RandomForestClassifier(n_estimators=20, random_state=0)
    model = make_pipeline(TrainingPrior(), forest).fit(X[::2], y[::2])
    scorer = make_cross_entropy_scorer("information_gain", zero=1e-3)
    whole = scorer(model, X[1::2], y[1::2])
    parts = [
        information_gain_score(y[1::2, j], p, prior=prior, labels=labels, zero=1e-3)
        for j, (p, prior, labels) in enumerate(
            zip(
                model.predict_proba(X[1::2]),
                model[0].class_prior_,
                model[0].classes_,
                strict=True,
            )
        )
    ]
    assert whole == pytest.approx(sum(parts))
    with pytest.raises(ValueError, match="prior must have one entry for each of 2 outputs"):
        make_cross_entropy_scorer("information_gain", prior=[[1]])(model, X, y)
    with pytest.raises(ValueError, match="need a single output"):
        scorer(model, X, y, labels=[0, 1])


# what scikit-learn does with scorers


def test_cross_validate_and_search_with_several_scorers():
    scoring = {"loss": cross_entropy_scorer, "gain": GAIN, "accuracy": "accuracy"}
    scores = cross_validate(logistic(), X, Y, scoring=scoring)
    assert (scores["test_gain"] > 1).all()
    search = GridSearchCV(
        logistic(), {"logisticregression__C": [1e-3, 1.0]}, scoring=scoring, refit="gain"
    ).fit(X, Y)
    assert search.best_params_ == {"logisticregression__C": 1.0}
    assert search.score(X, Y) == pytest.approx(GAIN(search, X, Y))
    assert cross_entropy_scorer(search, X, Y) < 0
    assert clone(search).get_params()["scoring"]["gain"].base == 2


def test_trees_in_a_search():
    search = GridSearchCV(DecisionTreeClassifier(), {"max_depth": [1, 2, 9]}, scoring=FLOORED)
    assert search.fit(X, Y).best_params_["max_depth"] > 1


def test_permutation_importance():
    model = logistic().fit(X, Y)
    options = {"n_repeats": 2, "random_state": 0, "sample_weight": np.ones(150)}
    one = permutation_importance(model, X, Y, scoring=cross_entropy_scorer, **options)
    several = permutation_importance(model, X, Y, scoring={"gain": GAIN}, **options)
    assert one.importances_mean.argmax() in (2, 3)
    np.testing.assert_allclose(
        several["gain"].importances_mean * np.log(2), one.importances_mean, atol=1e-12
    )


def test_other_places_that_take_scorers():
    model = LogisticRegression(max_iter=1000)
    assert RFECV(model, scoring=cross_entropy_scorer).fit(X, Y).n_features_ >= 2
    sizes, _, test = learning_curve(
        logistic(), X, Y, scoring=GAIN, train_sizes=[0.3, 1.0], shuffle=True, random_state=0
    )
    assert test.shape == (len(sizes), 5)
    assert get_scorer(cross_entropy_scorer) is cross_entropy_scorer
    with warnings.catch_warnings():  # on what is to change in it
        warnings.simplefilter("ignore")
        search = LogisticRegressionCV(scoring=cross_entropy_scorer, Cs=[1e-4, 1.0], max_iter=1000)
        assert np.all(search.fit(X, Y).C_ == 1.0)


def test_thresholds_are_refused():
    y = (Y == 2).astype(int)
    model = TunedThresholdClassifierCV(LogisticRegression(), scoring=cross_entropy_scorer)
    with pytest.raises(AttributeError, match=r"do not change with a decision threshold.*balanced"):
        model.fit(X, y)
    tuned = TunedThresholdClassifierCV(LogisticRegression()).fit(X, y)
    assert np.isfinite(cross_entropy_scorer(tuned, X, y))


# weights, soft targets, routing


def soft_targets():
    return np.eye(3)[Y] * 0.8 + 0.2 / 3


def test_weights():
    model = logistic().fit(X, Y)
    weights = np.random.default_rng(0).integers(0, 3, 150)
    rows = np.repeat(np.arange(150), weights)
    for scorer in (cross_entropy_scorer, information_gain_scorer):
        weighted = scorer(model, X, Y, sample_weight=weights)
        assert weighted == pytest.approx(scorer(model, X[rows], Y[rows]))


def test_soft_targets():
    model, t = logistic().fit(X, Y), soft_targets()
    expected = -cross_entropy_loss(t, model.predict_proba(X))
    assert cross_entropy_scorer(model, X, Y, soft_targets=t) == pytest.approx(expected)
    assert cross_entropy_scorer(model, X, t) == pytest.approx(expected)
    assert cross_entropy_scorer(model, X, np.eye(3)[Y]) == cross_entropy_scorer(model, X, Y)
    order = [2, 0, 1]
    swapped = cross_entropy_scorer(model, X, Y, soft_targets=t[:, order], labels=order)
    assert swapped == pytest.approx(expected)
    with pytest.raises(ValueError, match=r"got 3 columns and 2 labels\. Pass the labels"):
        cross_entropy_scorer(model, X, Y, soft_targets=t, labels=[0, 1])


def test_labels_of_soft_targets_in_folds_that_lack_a_class():
    options = {"params": {"soft_targets": soft_targets(), "labels": [0, 1, 2]}, "cv": KFold(3)}
    with sklearn.config_context(enable_metadata_routing=True):
        scorer = make_cross_entropy_scorer(zero=1e-3, unseen="floor")
        scorer.set_score_request(soft_targets=True, labels=True)
        scores = cross_val_score(GaussianNB(), X, Y, scoring=scorer, **options)
    assert np.isfinite(scores).all()


def test_soft_targets_of_unseen_classes():
    model, t = make_pipeline(TrainingPrior(), GaussianNB()).fit(X[:100], Y[:100]), soft_targets()
    options = {"soft_targets": t, "labels": [0, 1, 2]}
    assert cross_entropy_scorer(model, X, Y, **options) == -np.inf
    with pytest.raises(ValueError, match="holds 2 in row 0"):
        make_cross_entropy_scorer(unseen="raise")(model, X, Y, **options)
    p = np.maximum(np.column_stack([model.predict_proba(X), np.zeros(150)]), 1e-3)
    expected = (t * np.log(p)).sum(axis=1).mean()
    assert FLOORED(model, X, Y, **options) == pytest.approx(expected)
    gain = make_cross_entropy_scorer("information_gain", zero=1e-3, unseen="floor")
    before = -(t * np.log([0.5, 0.5, 1e-3])).sum(axis=1).mean()
    assert gain(model, X, Y, **options) == pytest.approx(before + expected)


@pytest.mark.parametrize("several", [False, True])
def test_metadata_routing(several):
    weights, t = np.random.default_rng(0).random(150), soft_targets()
    with sklearn.config_context(enable_metadata_routing=True):
        scorer = make_cross_entropy_scorer(base=2)
        scorer.set_score_request(sample_weight=True, soft_targets=True, labels=False)
        model = LogisticRegression(max_iter=1000).set_fit_request(sample_weight=True)
        plain = get_scorer("accuracy").set_score_request(sample_weight=False)
        found = cross_validate(
            model,
            X,
            Y,
            scoring={"score": scorer, "accuracy": plain} if several else scorer,
            params={"sample_weight": weights, "soft_targets": t},
            cv=KFold(3, shuffle=True, random_state=0),
        )["test_score"]
        search = GridSearchCV(model, {"C": [1.0]}, scoring=scorer)
        search.fit(X, Y, sample_weight=weights, soft_targets=t)
        assert search.best_score_ < 0
    folds = KFold(3, shuffle=True, random_state=0).split(X)
    for score, (train, test) in zip(found, folds, strict=True):
        model = LogisticRegression(max_iter=1000).fit(X[train], Y[train], weights[train])
        proba = model.predict_proba(X[test])
        expected = cross_entropy_loss(t[test], proba, sample_weight=weights[test], base=2)
        assert score == pytest.approx(-expected)


def test_requests_that_are_not_set():
    options = {"scoring": make_cross_entropy_scorer(), "params": {"soft_targets": soft_targets()}}
    with (
        sklearn.config_context(enable_metadata_routing=True),
        pytest.raises(ValueError, match="soft_targets"),
    ):
        cross_validate(LogisticRegression(), X, Y, **options)
    with pytest.raises(RuntimeError, match="enable_metadata_routing"):
        make_cross_entropy_scorer().set_score_request(sample_weight=True)


# where the prior comes from


PRIOR_HOLDERS = [
    GaussianNB(),
    GaussianNB(priors=[0.2, 0.3, 0.5]),  # counts what it does not use
    MultinomialNB(),
    DummyClassifier(),
    LinearDiscriminantAnalysis(),
    GradientBoostingClassifier(n_estimators=2),
    make_pipeline(StandardScaler(), GaussianNB()),
    make_pipeline(TrainingPrior(), LinearDiscriminantAnalysis(priors=[0.2, 0.3, 0.5])),
    GridSearchCV(GaussianNB(), {"var_smoothing": [1e-9]}),
    GridSearchCV(logistic(), {"logisticregression__C": [1]}),
    DecisionTreeClassifier(max_depth=2),
    KNeighborsClassifier(40),
    HistGradientBoostingClassifier(max_iter=2),
    CalibratedClassifierCV(GaussianNB(), cv=5),
    CalibratedClassifierCV(logistic(), cv=5),
    CalibratedClassifierCV(GaussianNB(), cv=5, ensemble=False),
    VotingClassifier([("logistic", LogisticRegression()), ("bayes", GaussianNB())], voting="soft"),
    StackingClassifier([("logistic", logistic()), ("bayes", GaussianNB())]),
    make_pipeline(make_pipeline(StandardScaler(), make_pipeline(GaussianNB()))),
    GridSearchCV(
        make_pipeline(StandardScaler(), CalibratedClassifierCV(GaussianNB(), cv=5)),
        {"calibratedclassifiercv__method": ["sigmoid"]},
    ),
]


@pytest.mark.parametrize("estimator", PRIOR_HOLDERS, ids=lambda e: type(e).__name__)
def test_prior_of_estimators(estimator):
    train = np.arange(20, 150)
    model = clone(estimator).fit(X[train], SPECIES[train])
    prior = np.array([30, 50, 50]) / 130
    expected = information_gain_score(SPECIES, model.predict_proba(X), prior=prior)
    if not np.isfinite(expected):
        expected = -np.inf
    assert information_gain_scorer(model, X, SPECIES) == pytest.approx(expected)
    assert information_gain_scorer(FrozenEstimator(model), X, SPECIES) == pytest.approx(expected)


def test_no_prior():
    for model in (
        LogisticRegression(max_iter=1000),
        LinearDiscriminantAnalysis(priors=[1 / 3] * 3),
    ):
        with pytest.raises(ValueError, match=r"population=y.*make_pipeline\(TrainingPrior\(\)"):
            information_gain_scorer(model.fit(X, Y), X, Y)


def test_binary_starts_of_boosting_and_weighted_trees():
    y = Y > 0
    model = HistGradientBoostingClassifier(max_iter=2).fit(X, y)
    expected = information_gain_score(y, model.predict_proba(X), prior=[1 / 3, 2 / 3])
    assert information_gain_scorer(model, X, y) == pytest.approx(expected)
    tree = DecisionTreeClassifier(class_weight="balanced").fit(X, y)
    with pytest.raises(ValueError, match="population=y"):
        information_gain_scorer(tree, X, y)


def test_population():
    model, cv = LogisticRegression(max_iter=1000), StratifiedKFold(5)
    scorer = make_cross_entropy_scorer("information_gain", base=2, population=SPECIES)
    found = cross_val_score(model, X[10:], SPECIES[10:], cv=cv, scoring=scorer)
    assert np.isfinite(found).all()
    found = cross_val_score(model, X, SPECIES, cv=cv, scoring=scorer)
    wrapped = cross_val_score(
        make_pipeline(TrainingPrior(), model), X, SPECIES, cv=cv, scoring=GAIN
    )
    np.testing.assert_allclose(found, wrapped)
    with pytest.raises(ValueError, match="some that are not scored; got 150 labels, of which 150"):
        scorer(model.fit(X, SPECIES), X, SPECIES)
    with pytest.raises(ValueError, match="of all samples that are cross-validated"):
        make_cross_entropy_scorer("information_gain", population=Y[:60])(model.fit(X, Y), X, Y)


def test_names_for_displays():
    assert cross_entropy_scorer.__name__ == "cross_entropy"
    assert information_gain_scorer.__name__ == "information_gain"
    assert CrossEntropyScorer.__name__ == "CrossEntropyScorer"
    shuffled = np.random.default_rng(0).permutation(150)
    for show, options in (
        (LearningCurveDisplay, {"train_sizes": [60, 100]}),
        (ValidationCurveDisplay, {"param_name": "var_smoothing", "param_range": [1e-9, 1e-3]}),
    ):
        display = show.from_estimator(
            GaussianNB(), X[shuffled], Y[shuffled], scoring=information_gain_scorer, **options
        )
        assert np.isfinite(display.test_scores).all()


def test_prior_that_is_given():
    model = LogisticRegression(max_iter=1000).fit(X, Y)
    expected = information_gain_score(Y, model.predict_proba(X), prior=[0.2, 0.3, 0.5])
    for prior in (
        [0.2, 0.3, 0.5],
        {2: 0.5, 0: 0.2, 1: 0.3},
        lambda estimator: {k: (0.2, 0.3, 0.5)[k] for k in estimator.classes_},
    ):
        scorer = make_cross_entropy_scorer("information_gain", prior=prior)
        assert scorer(model, X, Y) == pytest.approx(expected)


def test_training_prior_is_an_estimator():
    check_estimator(TrainingPrior())


@pytest.mark.parametrize("data", [X, pd.DataFrame(X, columns=list("abcd")), ["a text"] * 150])
def test_training_prior_hands_on_what_it_gets(data):
    weights = np.arange(150.0)
    prior = TrainingPrior().fit(data, SPECIES, sample_weight=weights)
    assert prior.transform(data) is data
    np.testing.assert_allclose(prior.class_prior_, np.bincount(Y, weights) / weights.sum())
    assert prior.classes_.tolist() == sorted(set(SPECIES))
    with pytest.raises(ValueError, match="requires y to be passed"):
        TrainingPrior().fit(data, None)


# the object itself


def test_bad_parameters():
    for parameters in ({"measure": "loss"}, {"base": 1}, {"unseen": "zero"}, {"prior": "test"}):
        with pytest.raises(ValueError, match=next(iter(parameters))):
            CrossEntropyScorer(**parameters)
    with pytest.raises(ValueError, match="zero must be"):
        CrossEntropyScorer(zero=2)


def test_units_words_and_copies():
    scorer = make_cross_entropy_scorer("information_gain", base=2, zero=1e-3)
    assert repr(scorer) == "CrossEntropyScorer('information_gain', base=2, zero=0.001)"
    assert repr(cross_entropy_scorer) == "CrossEntropyScorer('cross_entropy')"
    assert (scorer.unit, cross_entropy_scorer.unit) == ("bits", "nats")
    for other in (pickle.loads(pickle.dumps(scorer)), copy.deepcopy(scorer)):
        assert repr(other) == repr(scorer)
    model = logistic().fit(X, Y)
    bits = make_cross_entropy_scorer(base=2)(model, X, Y)
    assert bits * np.log(2) == pytest.approx(cross_entropy_scorer(model, X, Y))
    assert scorer.score(model, X, Y) == scorer(model, X, Y)


def test_a_perfect_score_is_not_minus_zero():
    model = DecisionTreeClassifier().fit(X, Y)
    assert str(cross_entropy_scorer(model, X[:10], Y[:10])) == "0.0"
