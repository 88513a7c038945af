"""Cases of labels, predictions and inferences."""

from __future__ import annotations

from tests.contract.methods import case

CASES = [
    case(
        "labels",
        sends="Query.labels",
        code="""
            found = list(kili.labels(project_id))
            assert sorted(each["id"] for each in found) == sorted(label.values())
            (reviewed,) = kili.labels(project_id, type_in=["REVIEW"])
            assert reviewed["author"]["email"] == email["reviewer"]
            assert reviewed["jsonResponse"]["CLASSIFICATION_JOB"] == EASY["CLASSIFICATION_JOB"]
            fields = ["assetIdCompute", "authorIdCompute", "projectIdCompute"]
            (older,) = kili.labels(project_id, type_in=["REVIEW"], fields=fields)
            assert older == {
                "assetIdCompute": asset["street"],
                "authorIdCompute": user["reviewer"],
                "projectIdCompute": project_id,
            }
        """,
    ),
    case(
        "count_labels",
        sends="Query.countLabels",
        code="""
            assert kili.count_labels(project_id) == 6
            assert kili.count_labels(project_id, type_in=["DEFAULT"]) == 3
        """,
    ),
    case(
        "predictions",
        sends="Query.labels",
        code="""
            (found,) = kili.predictions(project_id, fields=["id", "modelName", "labelType"])
            assert found == {
                "id": label["meadow PREDICTION"],
                "modelName": "object-counter-1",
                "labelType": "PREDICTION",
            }
        """,
    ),
    case(
        "inferences",
        sends="Query.labels",
        code="""
            (found,) = kili.inferences(project_id, fields=["id", "modelName", "labelType"])
            assert found == {
                "id": label["farm INFERENCE"],
                "modelName": "object-counter-2",
                "labelType": "INFERENCE",
            }
        """,
    ),
    case(
        "append_labels",
        sends="Mutation.appendManyLabels",
        code="""
            (made,) = kili.append_labels(
                [asset["aquarium"]], [HARD], seconds_to_label_array=[12]
            )
            (found,) = kili.labels(project_id, asset_id=asset["aquarium"])
            assert (found["id"], found["jsonResponse"]) == (made["id"], HARD)
            assert (found["labelType"], found["secondsToLabel"]) == ("DEFAULT", 12)
            (labeled,) = kili.assets(project_id, asset["aquarium"], fields=["status"])
            assert labeled["status"] == "LABELED"
        """,
    ),
    case(
        "append_to_labels",
        sends="Mutation.appendToLabels",
        code="""
            made = kili.append_to_labels(HARD, label_asset_id=asset["aquarium"])
            (found,) = kili.labels(project_id, asset_id=asset["aquarium"])
            assert (found["id"], found["jsonResponse"]) == (made["id"], HARD)
        """,
    ),
    case(
        "create_predictions",
        sends="Mutation.createPredictions or Mutation.appendManyLabels",
        code="""
            kili.create_predictions(
                project_id,
                external_id_array=["aquarium"],
                model_name_array=["guess"],
                json_response_array=[EASY],
            )
            (found,) = kili.labels(
                project_id,
                asset_id=asset["aquarium"],
                fields=["labelType", "modelName", "jsonResponse"],
            )
            assert (found["labelType"], found["modelName"]) == ("PREDICTION", "guess")
            assert found["jsonResponse"] == EASY
        """,
    ),
    case(
        "delete_labels",
        sends="Mutation.deleteLabels",
        code="""
            gone = label["farm INFERENCE"]
            assert kili.delete_labels([gone]) == [gone]
            assert gone not in {each["id"] for each in kili.labels(project_id, fields=["id"])}
        """,
    ),
    case(
        "update_properties_in_label",
        sends="Mutation.updatePropertiesInLabel",
        code="""
            kili.update_properties_in_label(label["pond DEFAULT"], json_response=HARD)
            (found,) = kili.labels(project_id, asset_id=asset["pond"])
            assert found["jsonResponse"] == HARD
        """,
    ),
    # ------------------------------------------------------------------ the domain client
    case(
        "labels.list",
        sends="Query.labels",
        code="""
            found = kili.labels.list(project_id, filter={"type_in": ["DEFAULT"]})
            wanted = {id_ for name, id_ in label.items() if name.endswith("DEFAULT")}
            assert {each["id"] for each in found} == wanted
        """,
    ),
    case(
        "labels.list_as_generator",
        sends="Query.labels",
        code="""
            found = kili.labels.list_as_generator(project_id, fields=["id"])
            assert sorted(each["id"] for each in found) == sorted(label.values())
        """,
    ),
    case(
        "labels.count",
        sends="Query.countLabels",
        code="""
            assert kili.labels.count(project_id) == 6
            assert kili.labels.count(project_id, filter={"type_in": ["DEFAULT"]}) == 3
        """,
    ),
    case(
        "labels.create_default",
        sends="Mutation.appendManyLabels",
        code="""
            (made,) = kili.labels.create_default(
                project_id=project_id, asset_id=asset["aquarium"], json_response=HARD
            )
            (found,) = kili.labels.list(project_id, filter={"asset_id": asset["aquarium"]})
            assert (found["id"], found["labelType"]) == (made["id"], "DEFAULT")
            assert found["jsonResponse"] == HARD
        """,
    ),
    case(
        "labels.create_prediction",
        sends="Mutation.createPredictions or Mutation.appendManyLabels",
        code="""
            kili.labels.create_prediction(
                project_id=project_id,
                asset_id=asset["aquarium"],
                json_response=HARD,
                model_name="guess",
            )
            (found,) = kili.labels.list(
                project_id,
                fields=["labelType", "modelName"],
                filter={"asset_id": asset["aquarium"]},
            )
            assert found == {"labelType": "PREDICTION", "modelName": "guess"}
        """,
    ),
    case(
        "labels.create_inference",
        sends="Mutation.appendManyLabels",
        code="""
            kili.labels.create_inference(
                project_id=project_id,
                asset_id=asset["street"],
                json_response=HARD,
                model_name="guess",
            )
            (found,) = kili.labels.list(
                project_id,
                fields=["jsonResponse", "modelName"],
                filter={"asset_id": asset["street"], "type_in": ["INFERENCE"]},
            )
            assert (found["jsonResponse"], found["modelName"]) == (HARD, "guess")
        """,
    ),
    case(
        "labels.create_review",
        sends="Mutation.appendManyLabels",
        code="""
            kili.labels.create_review(
                project_id=project_id, asset_id=asset["pond"], json_response=HARD
            )
            (found,) = kili.labels.list(
                project_id,
                fields=["jsonResponse"],
                filter={"asset_id": asset["pond"], "type_in": ["REVIEW"]},
            )
            assert found["jsonResponse"] == HARD
            (reviewed,) = kili.assets.list(
                project_id, fields=["status"], filter={"external_id_in": ["pond"]}
            )
            assert reviewed["status"] == "REVIEWED"
        """,
    ),
    case(
        "create_honeypot",
        sends="Mutation.createHoneypot",
        code="""
            made = kili.create_honeypot(HARD, asset_id=asset["pond"])
            (truth,) = kili.labels(
                project_id, label_id=made["id"], fields=["labelType", "jsonResponse"]
            )
            assert (truth["labelType"], truth["jsonResponse"]) == ("REVIEW", HARD)
            (found,) = kili.assets(project_id, asset["pond"], fields=["isHoneypot"])
            assert found["isHoneypot"] is True
        """,
    ),
    case(
        "labels.delete",
        sends="Mutation.deleteLabels",
        code="""
            gone = label["farm INFERENCE"]
            assert kili.labels.delete(id=gone) == [gone]
            assert kili.labels.count(project_id) == 5
        """,
    ),
    case(
        "label_created_or_updated",
        sends="Subscription.labelCreatedOrUpdated",
        code="""
            import threading

            told, is_told = [], threading.Event()

            def callback(subscription_id, frame):
                told.append(frame["payload"]["data"]["data"])
                is_told.set()

            subscription = kili.label_created_or_updated(project_id, callback)
            for _ in range(20):  # the SDK does not say from when on the server listens
                kili.append_labels(
                    [asset["street"]], [HARD], model_name="m", label_type="INFERENCE"
                )
                if is_told.wait(3):
                    break
            assert told[0]["labelOf"] == {"id": asset["street"]}
            assert told[0]["labelType"] == "INFERENCE"
            assert json.loads(told[0]["jsonResponse"]) == HARD
            subscription._conn.send(json.dumps({"id": subscription._id, "type": "stop"}))
            subscription._st_id.join(30)
            assert not subscription._st_id.is_alive()
        """,
    ),
]
