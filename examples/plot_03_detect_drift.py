"""
Detect drift
============

A model was trained on some people's handwriting. Is what it sees today still like that?
:class:`~sklearn_infotheory.drift.KLDriftDetector` keeps counts of the reference, and says of each
batch how far it is from them, and whether chance alone could have done it.
"""

# %%
# Real data, bundled with scikit-learn: digits of 64 pixels. The file is in the order in which
# thirteen people wrote, so later rows come from other hands. Nothing is simulated here.
import warnings
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline

from sklearn_infotheory import KLDriftDetector
from sklearn_infotheory.drift import DriftDisplay, DriftWarning

X, y = load_digits(return_X_y=True, as_frame=True)
N_REFERENCE, N_BATCH = 1000, 100


def batches_after_the_reference(X, y):
    """Yield the batches that follow the reference."""
    for start in range(N_REFERENCE, len(X) - N_BATCH + 1, N_BATCH):
        rows = slice(start, start + N_BATCH)
        yield X[rows], y[rows]


# %%
# How far is each batch from the first thousand digits, and how well does a model read it that was
# trained on these?
model = LogisticRegression(max_iter=5000).fit(X[:N_REFERENCE], y[:N_REFERENCE])
detector = KLDriftDetector(base=2, joint=None, random_state=0).fit(X[:N_REFERENCE])
table, reports = [], []
for batch, true in batches_after_the_reference(X, y):
    report = detector.detect(batch)
    reports.append(report)
    row = {"drift": "yes" if report.drifted else "", "p-value": report.p_value}
    row |= {"pixels": len(report.drifted_features), "mean bits": -detector.score(batch)}
    table.append(row | {"accuracy": model.score(batch, true)})
print(f"Batches of {N_BATCH} digits, in the order of writing:\n")
print(pd.DataFrame(table).to_string(float_format="{:.2g}".format))

# %%
# Most of the new hands are noticed. But compare the last two columns: the batches that are read
# worst are not those that drifted most; both are "no drift". A drift detector says that
# the data have changed, not whether the model can cope.
#
# What does see it? No test of the pixels alone can: how hard a digit is to read is not in how often
# each pixel is dark. Labels can, once they are known. Give the detector what the model reads as the
# only column, and the truth as the label: I(label; domain | reading) asks whether a reading still
# means the same digit. For the reference, the readings must be of rows that the model has not seen.
reading = cross_val_predict(LogisticRegression(max_iter=5000), X[:N_REFERENCE], y[:N_REFERENCE])
judge = KLDriftDetector(base=2, joint=None, random_state=0)
judge.fit(pd.DataFrame({"reading": reading.astype(str)}), y[:N_REFERENCE].astype(str))
table = []
for report, (batch, true) in zip(reports, batches_after_the_reference(X, y), strict=True):
    readings = pd.DataFrame({"reading": model.predict(batch).astype(str)})
    judged = judge.detect(readings, true.astype(str))
    row = {"accuracy": model.score(batch, true), "pixels drift": "yes" if report.drifted else ""}
    row |= {
        "p, readings": judged.features[0].p_value,
        "p, labels": judged.label.p_value,
    }
    table.append(row | {"p, label given reading": judged.concept[0].p_value})
print("\nWhat sees that digits are read badly:\n")
print(pd.DataFrame(table).to_string(float_format="{:.2g}".format))

# %%
# Neither the readings nor the labels have other shares. Their relation has, in the two batches that
# are read worst, and in no other. Where labels never come, nothing can tell.
#
# Shuffled, the same digits have nothing to find, and alarms should be rare: 5 % by default.
rng, alarms = np.random.default_rng(0), []
for _ in range(20):
    rows = rng.permutation(len(X))
    shuffled = KLDriftDetector(joint=None, random_state=0).fit(X.iloc[rows[:N_REFERENCE]])
    alarms += [
        shuffled.detect(batch).drifted
        for batch, _ in batches_after_the_reference(X.iloc[rows], y.iloc[rows])
    ]
print(f"\nAlarms in shuffled batches: {sum(alarms)} of {len(alarms)}")

# %%
# Where does a batch differ? The report of one batch as a table, and as a picture: divergence with
# its 95 % interval, and the cells of the pixel that moved most.
worst = min(reports, key=lambda report: report.p_value)
found = worst.to_frame().query("drifted")
found = found[["feature", "divergence", "lower", "upper", "adjusted_p_value", "moved"]]
print("\nPixels that drifted in the batch with the smallest p-value (bits):\n")
print(found.to_string(index=False, float_format="{:.2g}".format, max_colwidth=50))

figure, (left, right) = plt.subplots(1, 2, figsize=(13, 4.5), layout="constrained")
display = DriftDisplay.from_report(worst, max_features=12, ax=left)
most = max(worst.features, key=lambda feature: feature.divergence * feature.drifted)
display.plot_feature(most.name, ax=right)

# %%
# Missing values are cells like any other: a column that comes empty is found at once.
broken = X[N_REFERENCE : N_REFERENCE + N_BATCH].assign(pixel_3_3=np.nan)
report = detector.detect(broken)
worst_feature = max(report.features, key=lambda feature: feature.divergence)
print(f"\n{worst_feature.name} moved: {worst_feature.moved(1)}")

# %%
# Columns may each look as before, and no longer belong together. Here the perimeters of fifty
# tumours are dealt out again among them. No single column can show it; the pairs do.
tumours = load_breast_cancer(as_frame=True).data.sample(frac=1, random_state=0)
columns = ["mean radius", "mean perimeter", "mean texture", "mean smoothness"]
reference, batch = tumours[columns][50:], tumours[columns][:50]
dealt = batch.assign(**{"mean perimeter": np.roll(batch["mean perimeter"], 1)})
detector = KLDriftDetector(base=2, random_state=0).fit(reference)
for name, data in {"as measured": batch, "dealt out again": dealt}.items():
    report = detector.detect(data)
    pair = report.joint.pairs[0]
    print(f"\n{name}: drift in single columns {report.drifted_features or 'none'},")
    names = " and ".join(pair.names)
    print(f"  most changed pair {names}, adjusted p = {pair.adjusted_p_value:.2g}")

# %%
# In a pipeline the detector hands the data on, and speaks up when they have drifted. The report
# comes with the warning.
pipeline = make_pipeline(KLDriftDetector(joint=None, random_state=0), model)
pipeline.fit(X[:N_REFERENCE], y[:N_REFERENCE])
start = N_REFERENCE + N_BATCH * reports.index(worst)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always", DriftWarning)
    pipeline.predict(X[start : start + N_BATCH])
for warning in caught:
    print(f"\n{warning.category.__name__}: {warning.message}")

# %%
# In a script that runs every night, the command line does the same with files. Its exit code is 0
# for no drift and 1 for drift:
#
# .. code-block:: bash
#
#    sklearn-infotheory drift fit reference.parquet --profile reference.json
#    sklearn-infotheory drift detect today.csv --profile reference.json --html today.html
#    sklearn-infotheory drift monitor update today.csv --profile reference.json \
#        --state monitor.json
try:
    picture = Path(__file__).with_suffix(".png")
except NameError:  # inside the gallery
    picture = None
if picture is not None:
    figure.savefig(picture, dpi=100)
    print(f"\nPicture: {picture}")
